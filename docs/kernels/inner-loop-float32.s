vmovups (%rax,%r8), %zmm28
vmovups 64(%rax,%r8), %zmm27
vmovups 128(%rax,%r8), %zmm26
vmovups 192(%rax,%r8), %zmm25
vpbroadcastd (%rdx), %zmm29
vmovaps %zmm31, %zmm30
addq $256, %r8
vfmadd213ps %zmm28, %zmm29, %zmm30
vmaxps %zmm1, %zmm30, %zmm1
vmovaps %zmm31, %zmm30
vfmadd213ps %zmm27, %zmm29, %zmm30
vmaxps %zmm2, %zmm30, %zmm2
vmovaps %zmm31, %zmm30
vfmadd213ps %zmm26, %zmm29, %zmm30
vfmadd213ps %zmm25, %zmm31, %zmm29
vmaxps %zmm3, %zmm30, %zmm3
vmaxps %zmm4, %zmm29, %zmm4
vpbroadcastd (%rdx,%rdi,4), %zmm30
vmovaps %zmm31, %zmm29
vfmadd213ps %zmm28, %zmm30, %zmm29
vmaxps %zmm5, %zmm29, %zmm5
vmovaps %zmm31, %zmm29
vfmadd213ps %zmm27, %zmm30, %zmm29
vmaxps %zmm6, %zmm29, %zmm6
vmovaps %zmm31, %zmm29
vfmadd213ps %zmm26, %zmm30, %zmm29
vfmadd213ps %zmm25, %zmm31, %zmm30
vmaxps %zmm7, %zmm29, %zmm7
vmaxps %zmm8, %zmm30, %zmm8
vpbroadcastd (%rdx,%rcx,4), %zmm29
vmovaps %zmm31, %zmm30
vfmadd213ps %zmm28, %zmm29, %zmm30
vmaxps %zmm9, %zmm30, %zmm9
vmovaps %zmm31, %zmm30
vfmadd213ps %zmm27, %zmm29, %zmm30
vmaxps %zmm10, %zmm30, %zmm10
vmovaps %zmm31, %zmm30
vfmadd213ps %zmm26, %zmm29, %zmm30
vfmadd213ps %zmm25, %zmm31, %zmm29
vmaxps %zmm11, %zmm30, %zmm11
vmaxps %zmm12, %zmm29, %zmm12
vpbroadcastd (%rdx,%r10,4), %zmm30
vmovaps %zmm31, %zmm29
vfmadd213ps %zmm28, %zmm30, %zmm29
vmaxps %zmm13, %zmm29, %zmm13
vmovaps %zmm31, %zmm29
vfmadd213ps %zmm27, %zmm30, %zmm29
vmaxps %zmm14, %zmm29, %zmm14
vmovaps %zmm31, %zmm29
vfmadd213ps %zmm26, %zmm30, %zmm29
vfmadd213ps %zmm25, %zmm31, %zmm30
vmaxps %zmm15, %zmm29, %zmm15
vmaxps %zmm16, %zmm30, %zmm16
vpbroadcastd (%rdx,%r9,4), %zmm29
vmovaps %zmm31, %zmm30
vfmadd213ps %zmm28, %zmm29, %zmm30
vmaxps %zmm17, %zmm30, %zmm17
vmovaps %zmm31, %zmm30
vfmadd213ps %zmm27, %zmm29, %zmm30
vmaxps %zmm18, %zmm30, %zmm18
vmovaps %zmm31, %zmm30
vfmadd213ps %zmm26, %zmm29, %zmm30
vfmadd213ps %zmm25, %zmm31, %zmm29
vmaxps %zmm20, %zmm29, %zmm20
vpbroadcastd (%rdx,%r12,4), %zmm29
vfmadd231ps %zmm31, %zmm29, %zmm28
vfmadd231ps %zmm31, %zmm29, %zmm27
vfmadd231ps %zmm31, %zmm29, %zmm26
vfmadd213ps %zmm25, %zmm31, %zmm29
vmaxps %zmm19, %zmm30, %zmm19
addq $4, %rdx
vmaxps %zmm21, %zmm28, %zmm21
vmaxps %zmm22, %zmm27, %zmm22
vmaxps %zmm23, %zmm26, %zmm23
vmaxps %zmm24, %zmm29, %zmm24
cmpq %r8, %rbx
jne .LBB0_67
