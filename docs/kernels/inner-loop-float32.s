vmovups (%rax,%r8), %zmm29
vmovups 64(%rax,%r8), %zmm28
vmovups 128(%rax,%r8), %zmm27
vmovups 192(%rax,%r8), %zmm26
vpbroadcastd (%rdx), %zmm30
vmovdqa64 %zmm25, %zmm31
addq $256, %r8
vfmadd213ps %zmm29, %zmm30, %zmm31
vmaxps %zmm1, %zmm31, %zmm1
vmovdqa64 %zmm25, %zmm31
vfmadd213ps %zmm28, %zmm30, %zmm31
vmaxps %zmm2, %zmm31, %zmm2
vmovdqa64 %zmm25, %zmm31
vfmadd213ps %zmm27, %zmm30, %zmm31
vfmadd213ps %zmm26, %zmm25, %zmm30
vmaxps %zmm3, %zmm31, %zmm3
vmaxps %zmm4, %zmm30, %zmm4
vpbroadcastd (%rdx,%rdi,4), %zmm31
vmovaps %zmm25, %zmm30
vfmadd213ps %zmm29, %zmm31, %zmm30
vmaxps %zmm5, %zmm30, %zmm5
vmovaps %zmm25, %zmm30
vfmadd213ps %zmm28, %zmm31, %zmm30
vmaxps %zmm6, %zmm30, %zmm6
vmovaps %zmm25, %zmm30
vfmadd213ps %zmm27, %zmm31, %zmm30
vfmadd213ps %zmm26, %zmm25, %zmm31
vmaxps %zmm7, %zmm30, %zmm7
vmaxps %zmm8, %zmm31, %zmm8
vpbroadcastd (%rdx,%rcx,4), %zmm30
vmovaps %zmm25, %zmm31
vfmadd213ps %zmm29, %zmm30, %zmm31
vmaxps %zmm9, %zmm31, %zmm9
vmovaps %zmm25, %zmm31
vfmadd213ps %zmm28, %zmm30, %zmm31
vmaxps %zmm10, %zmm31, %zmm10
vmovaps %zmm25, %zmm31
vfmadd213ps %zmm27, %zmm30, %zmm31
vfmadd213ps %zmm26, %zmm25, %zmm30
vmaxps %zmm11, %zmm31, %zmm11
vmaxps %zmm12, %zmm30, %zmm12
vpbroadcastd (%rdx,%r10,4), %zmm31
vmovaps %zmm25, %zmm30
vfmadd213ps %zmm29, %zmm31, %zmm30
vmaxps %zmm13, %zmm30, %zmm13
vmovaps %zmm25, %zmm30
vfmadd213ps %zmm28, %zmm31, %zmm30
vmaxps %zmm14, %zmm30, %zmm14
vmovaps %zmm25, %zmm30
vfmadd213ps %zmm27, %zmm31, %zmm30
vfmadd213ps %zmm26, %zmm25, %zmm31
vmaxps %zmm15, %zmm30, %zmm15
vmaxps %zmm16, %zmm31, %zmm16
vpbroadcastd (%rdx,%r9,4), %zmm30
vmovaps %zmm25, %zmm31
vfmadd213ps %zmm29, %zmm30, %zmm31
vmaxps %zmm17, %zmm31, %zmm17
vmovaps %zmm25, %zmm31
vfmadd213ps %zmm28, %zmm30, %zmm31
vmaxps %zmm18, %zmm31, %zmm18
vmovaps %zmm25, %zmm31
vfmadd213ps %zmm27, %zmm30, %zmm31
vfmadd213ps %zmm26, %zmm25, %zmm30
vmaxps %zmm20, %zmm30, %zmm20
vpbroadcastd (%rdx,%r12,4), %zmm30
vfmadd231ps %zmm25, %zmm30, %zmm29
vfmadd231ps %zmm25, %zmm30, %zmm28
vfmadd231ps %zmm25, %zmm30, %zmm27
vfmadd213ps %zmm26, %zmm25, %zmm30
vmaxps %zmm19, %zmm31, %zmm19
addq $4, %rdx
vmaxps %zmm21, %zmm29, %zmm21
vmaxps %zmm22, %zmm28, %zmm22
vmaxps %zmm23, %zmm27, %zmm23
vmaxps %zmm24, %zmm30, %zmm24
cmpq %r8, %rbx
jne .LBB0_67
