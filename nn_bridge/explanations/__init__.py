"""The argument of a verdict, told as a paper would: in sentences and formulas."""
