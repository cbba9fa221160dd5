vmovups (%rdx,%r9), %zmm4
vmovups 64(%rdx,%r9), %zmm2
vmovups 128(%rdx,%r9), %zmm3
vmovups 192(%rdx,%r9), %zmm31
vpbroadcastd (%r15), %zmm5
vmovaps %zmm1, %zmm0
addq $256, %r9
vfmadd213ps %zmm4, %zmm5, %zmm0
vmaxps %zmm7, %zmm0, %zmm7
vmovaps %zmm1, %zmm0
vfmadd213ps %zmm2, %zmm5, %zmm0
vmaxps %zmm8, %zmm0, %zmm8
vmovaps %zmm1, %zmm0
vfmadd213ps %zmm3, %zmm5, %zmm0
vfmadd213ps %zmm31, %zmm1, %zmm5
vmaxps %zmm9, %zmm0, %zmm9
vmaxps %zmm10, %zmm5, %zmm10
vpbroadcastd (%r15,%r10,4), %zmm0
vmovaps %zmm1, %zmm5
vfmadd213ps %zmm4, %zmm0, %zmm5
vmaxps %zmm11, %zmm5, %zmm11
vmovaps %zmm1, %zmm5
vfmadd213ps %zmm2, %zmm0, %zmm5
vmaxps %zmm12, %zmm5, %zmm12
vmovaps %zmm1, %zmm5
vfmadd213ps %zmm3, %zmm0, %zmm5
vfmadd213ps %zmm31, %zmm1, %zmm0
vmaxps %zmm13, %zmm5, %zmm13
vmaxps %zmm14, %zmm0, %zmm14
vpbroadcastd (%r15,%r8,4), %zmm5
vmovaps %zmm1, %zmm0
vfmadd213ps %zmm4, %zmm5, %zmm0
vmaxps %zmm15, %zmm0, %zmm15
vmovaps %zmm1, %zmm0
vfmadd213ps %zmm2, %zmm5, %zmm0
vmaxps %zmm16, %zmm0, %zmm16
vmovaps %zmm1, %zmm0
vfmadd213ps %zmm3, %zmm5, %zmm0
vfmadd213ps %zmm31, %zmm1, %zmm5
vmaxps %zmm17, %zmm0, %zmm17
vmaxps %zmm18, %zmm5, %zmm18
vpbroadcastd (%r15,%r14,4), %zmm0
vmovaps %zmm1, %zmm5
vfmadd213ps %zmm4, %zmm0, %zmm5
vmaxps %zmm19, %zmm5, %zmm19
vmovaps %zmm1, %zmm5
vfmadd213ps %zmm2, %zmm0, %zmm5
vmaxps %zmm20, %zmm5, %zmm20
vmovaps %zmm1, %zmm5
vfmadd213ps %zmm3, %zmm0, %zmm5
vfmadd213ps %zmm31, %zmm1, %zmm0
vmaxps %zmm21, %zmm5, %zmm21
vmaxps %zmm22, %zmm0, %zmm22
vpbroadcastd (%r15,%rdi,4), %zmm5
vmovaps %zmm1, %zmm0
vfmadd213ps %zmm4, %zmm5, %zmm0
vmaxps %zmm23, %zmm0, %zmm23
vmovaps %zmm1, %zmm0
vfmadd213ps %zmm2, %zmm5, %zmm0
vmaxps %zmm24, %zmm0, %zmm24
vmovaps %zmm1, %zmm0
vfmadd213ps %zmm3, %zmm5, %zmm0
vfmadd213ps %zmm31, %zmm1, %zmm5
vmaxps %zmm25, %zmm0, %zmm25
vpbroadcastd (%r15,%r13,4), %zmm0
vfmadd231ps %zmm1, %zmm0, %zmm4
vfmadd231ps %zmm1, %zmm0, %zmm2
vfmadd231ps %zmm1, %zmm0, %zmm3
vfmadd213ps %zmm31, %zmm1, %zmm0
vmaxps %zmm26, %zmm5, %zmm26
addq $4, %r15
vmaxps %zmm27, %zmm4, %zmm27
vmaxps %zmm28, %zmm2, %zmm28
vmaxps %zmm29, %zmm3, %zmm29
vmaxps %zmm30, %zmm0, %zmm30
cmpq %r9, %rcx
jne .LBB0_65
