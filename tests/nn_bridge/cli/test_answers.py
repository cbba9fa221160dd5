"""What the commands answer to machines: one JSON object each, whose first keys are those of all."""

from __future__ import annotations

import json

import pytest

import nn_bridge as nb
from tests.nn_bridge.cli.conftest import MODELS

SHARED = ["command", "files", "exit_code", "seconds", "certificate"]
NNET = "1,2,1,2,\n2,1,\n0,\n-1,-2.5,\n3,4,\n0,0,0,\n1,1,1,\n1,-1,\n0.5,\n"


@pytest.mark.parametrize(
    ("arguments", "files", "code", "keys"),
    [
        (["equivalent", "f.npz", "g.json"], 2, 0, {"claim", "domain", "hyperplanes", "notes"}),
        (
            ["equivalent", "f.npz", "h.npz"],
            2,
            1,
            {"claim", "domain", "notes", "point", "values"},
        ),
        (
            ["equivalent", "deep.npz", "flat.npz", "--budget", "0"],
            2,
            3,
            {"claim", "domain", "notes", "reason"},
        ),
        (["check", "made.json", "f.npz", "g.json"], 2, 0, {"valid", "claim", "domain"}),
        (["check", "made.json", "f.npz", "h.npz"], 2, 1, {"valid", "claim", "domain"}),
        (["check", "f.json", "f.npz"], 1, 1, {"valid", "domain"}),
        (["diff", "f.npz", "g.json"], 2, 0, {"none", "depths", "layers", "output_map"}),
        (["diff", "f.npz", "h.npz"], 2, 1, {"none", "depths", "layers", "output_map"}),
        (["symmetries", "f.npz"], 1, 0, {"weights", "inputs"}),
        (["canonical", "f.npz", "-o", "c.npz"], 1, 0, {"written", "sha256"}),
        (["rewrite", "f.npz", "-o", "r.npz"], 1, 0, {"written", "sha256"}),
        (
            ["info", "f.npz"],
            1,
            0,
            {"inputs", "outputs", "layers", "head", "layers_of_kinks", "parameters"}
            | {"beside", "two_layer", "sha256", "notes", "domain"},
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_every_command_answers_with_one_object(folder, nn_bridge, arguments, files, code, keys):
    nb.equivalent(MODELS["f.npz"], MODELS["g.json"]).save("made.json")
    nb.write(MODELS["f.npz"], "f.json")
    found, out, err = nn_bridge(*arguments, "--json")
    facts = json.loads(out)
    assert (found, out.count("\n"), err) == (code, 1, "")
    assert list(facts)[:5] == SHARED
    assert set(facts) == keys.union(SHARED)
    assert facts["command"] == arguments[0]
    assert facts["exit_code"] == code
    certified = arguments[0] == "check"
    assert facts["certificate"] == (arguments[1] if certified else None)
    assert facts["files"] == arguments[1 + certified : 1 + certified + files]
    assert facts["seconds"] >= 0


def test_with_an_error_there_is_no_object(folder, nn_bridge):
    code, out, err = nn_bridge("equivalent", "f.npz", "missing.npz", "--json")
    assert (code, out) == (2, "")
    assert "missing.npz" in err


def test_units_that_differ_are_told_to_machines(folder, nn_bridge):
    """All of them, whatever --most says, with exact numbers as texts."""
    f = nb.two_layer([[3, 1], [2, -1]], [1, "1/3"], [[1, 1]], [5])
    g = nb.two_layer([[2, -1], [3, 1]], ["1/2", 1], [[1, 1]], ["1e-40"])
    nb.write(f, "left.json")
    nb.write(g, "right.json")
    code, out, _ = nn_bridge("diff", "left.json", "right.json", "--json", "--most", "1")
    facts = json.loads(out)
    assert (code, facts["none"], facts["depths"]) == (1, False, [1, 1])
    (layer,) = facts["layers"]
    assert (layer["number"], layer["matched"]) == (1, 1)
    (group,) = layer["groups"]
    assert (group["left"], group["right"], group["scale"], group["beside"]) == ([1], [0], "1", [])
    assert group["differences"] == [{"name": "bias", "left": "1/3", "right": "1/2"}]
    ((own),) = facts["output_map"]
    assert (own["left"], own["right"]) == ("5", f"1/{10**40}")
    alone = nb.two_layer([[3, 1]], [1], [[1]], [5])
    nb.write(alone, "right.json")
    (layer,) = json.loads(nn_bridge("diff", "left.json", "right.json", "--json")[1])["layers"]
    assert [(own["left"], own["right"], own["scale"]) for own in layer["groups"]] == [
        ([1], [], None)
    ]


def test_as_many_differences_are_written_out_as_are_asked_for(folder, nn_bridge):
    f = nb.two_layer([[1, 2, 3, 4, 5, 6, 7, 8]], [1], [[1]])
    g = nb.two_layer([[2, 1, 4, 3, 6, 5, 8, 9]], [1], [[1]])
    nb.write(f, "left.json")
    nb.write(g, "right.json")
    for options, rest in (([], "... and 2 more"), (["--most", "7"], "... and 1 more")):
        code, out, _ = nn_bridge("diff", "left.json", "right.json", *options)
        assert code == 1
        assert rest in out
    assert "more\n    ..." not in nn_bridge("diff", "left.json", "right.json", "--most", "8")[1]
    assert out.startswith("f is left.json, g is right.json.\n")
    assert nn_bridge("diff", "left.json", "right.json", "--most", "0")[0] == 2


def test_bounds_that_a_model_states_are_shown_and_can_be_used(folder, nn_bridge):
    (folder / "model.nnet").write_text(NNET)
    out = nn_bridge("info", "model.nnet")[1]
    assert "to be used by --domain model.nnet:\n  x0 in [-1, 3]\n  x1 in [-5/2, 4]\n" in out
    facts = json.loads(nn_bridge("info", "model.nnet", "--json")[1])
    assert facts["domain"] == {"lower": ["-1", "-5/2"], "upper": ["3", "4"]}
    assert json.loads(nn_bridge("info", "f.npz", "--json")[1])["domain"] is None
    nb.write(nb.Network([nb.Affine([[1, -1]], ["0.7"])]), "shifted.json")
    asked = "equivalent", "model.nnet", "shifted.json", "--domain", "model.nnet"
    code, out, _ = nn_bridge(*asked, "--within", "0.2", "--certificate", "c.json")
    assert code == 0
    answer = nn_bridge("check", "c.json", *asked[1:], "--claim", "within")
    words = "valid: the two networks differ by no more than 1/5, on [-1, 3] x [-5/2, 4]\n"
    assert answer == (0, words, "")
    wide = nb.Network([nb.Affine([[0] * 20])], domain=([0] * 20, [1] * 20))
    nb.write(wide, "wide.npz")
    assert "  x11 in [0, 1]\n  and 8 more\n" in nn_bridge("info", "wide.npz")[1]


def test_parse_double_goes_for_the_bounds_too_and_is_repeated_in_the_remedy(folder, nn_bridge):
    (folder / "a b.nnet").write_text(NNET.replace("-2.5", "0.1"))
    asked = "equivalent", "a b.nnet", "a b.nnet", "--domain", "a b.nnet", "--certificate", "c.json"
    code, out, _ = nn_bridge(*asked, "--parse", "double")
    assert code == 0
    assert out.endswith("  nn-bridge check c.json 'a b.nnet' 'a b.nnet' --parse double\n")
    exact = json.loads((folder / "c.json").read_text())["domain"]["lower"]
    assert exact == ["-1", "3602879701896397/36028797018963968"]
    assert nn_bridge("check", "c.json", *asked[1:3], "--parse", "double")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["made.json", "g.json", "f.npz"], "as it names them in the other order"),
        (["made.json", "f.npz", "h.npz"], "as it names other networks, by their sha256"),
        (["made.json", "f.npz"], "about this file, as it is about two files, and one file given"),
        (["g.json", "f.npz"], "as it is no certificate"),
        (["list.json", "f.npz"], "as it is no certificate"),
        (["odd.json", "f.npz", "g.json"], "as it names other networks, by their sha256"),
        (["none.json", "f.npz"], "as it is about no file, and one file given"),
        (["many.json", "f.npz"], "as it is about 3 files, and one file given"),
        (["made.json", "f.npz", "soft.json"], "as one has a head that the other has not"),
        (["forged.json", "f.npz", "g.json"], "about these two files\n"),
    ],
)
def test_an_invalid_certificate_comes_with_a_guess_why(folder, nn_bridge, arguments, reason):
    proof = nb.equivalent(MODELS["f.npz"], MODELS["g.json"])
    proof.save("made.json")
    for name, changed in (
        ("odd.json", {"networks": [{"sha256": ["x"]}, 1]}),
        ("none.json", {"networks": []}),
        ("many.json", {"networks": [1, 2, 3]}),
        ("forged.json", {"claim": "different"}),
    ):
        (folder / name).write_text(json.dumps({**proof.certificate, **changed}))
    (folder / "list.json").write_text("[]")
    nb.write(nb.Network(MODELS["f.npz"].layers, head="softmax"), "soft.json")
    code, out, err = nn_bridge("check", *arguments)
    assert (code, err) == (1, "")
    assert out.startswith("not valid: it does not prove its claim about ")
    assert reason in out
