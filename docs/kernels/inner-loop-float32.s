vbroadcastss (%r10,%rdx), %zmm5
vmovups (%r14), %zmm4
vmovups 64(%r14), %zmm2
vmovaps %zmm7, %zmm0
vmovups %zmm31, 432(%rsp)
vmovups 128(%r14), %zmm3
vmovups 192(%r14), %zmm31
vbroadcastss 4(%r10,%rdx), %zmm1
vbroadcastss 8(%r10,%rdx), %zmm6
addq $256, %r14
vfmadd213ps %zmm4, %zmm5, %zmm0
vmaxps %zmm8, %zmm0, %zmm8
vmovaps %zmm7, %zmm0
vfmadd213ps %zmm2, %zmm5, %zmm0
vmaxps %zmm9, %zmm0, %zmm9
vmovaps %zmm7, %zmm0
vfmadd213ps %zmm3, %zmm5, %zmm0
vfmadd213ps %zmm31, %zmm7, %zmm5
vmaxps %zmm11, %zmm5, %zmm11
vmovaps %zmm7, %zmm5
vfmadd213ps %zmm4, %zmm1, %zmm5
vmaxps %zmm10, %zmm0, %zmm10
vbroadcastss 12(%r10,%rdx), %zmm0
vmaxps %zmm12, %zmm5, %zmm12
vmovaps %zmm7, %zmm5
vfmadd213ps %zmm2, %zmm1, %zmm5
vmaxps %zmm13, %zmm5, %zmm13
vmovaps %zmm7, %zmm5
vfmadd213ps %zmm3, %zmm1, %zmm5
vfmadd213ps %zmm31, %zmm7, %zmm1
vmaxps %zmm15, %zmm1, %zmm15
vmovaps %zmm7, %zmm1
vfmadd213ps %zmm4, %zmm6, %zmm1
vmaxps %zmm14, %zmm5, %zmm14
vmovaps %zmm7, %zmm5
vfmadd213ps %zmm4, %zmm0, %zmm5
vmaxps %zmm16, %zmm1, %zmm16
vmovaps %zmm7, %zmm1
vfmadd213ps %zmm2, %zmm6, %zmm1
vmaxps %zmm20, %zmm5, %zmm20
vmovaps %zmm7, %zmm5
vfmadd213ps %zmm3, %zmm0, %zmm5
vmaxps %zmm17, %zmm1, %zmm17
vmovaps %zmm7, %zmm1
vfmadd213ps %zmm3, %zmm6, %zmm1
vfmadd213ps %zmm31, %zmm7, %zmm6
vmaxps %zmm22, %zmm5, %zmm22
vmovaps %zmm7, %zmm5
vmaxps %zmm18, %zmm1, %zmm18
vbroadcastss 16(%r10,%rdx), %zmm1
vmaxps %zmm19, %zmm6, %zmm19
vmovaps %zmm7, %zmm6
vfmadd213ps %zmm2, %zmm0, %zmm6
vfmadd213ps %zmm31, %zmm7, %zmm0
vmaxps %zmm21, %zmm6, %zmm21
vmovaps %zmm7, %zmm6
vmaxps %zmm23, %zmm0, %zmm23
vmovaps %zmm7, %zmm0
vfmadd213ps %zmm2, %zmm1, %zmm5
vfmadd213ps %zmm4, %zmm1, %zmm0
vfmadd213ps %zmm3, %zmm1, %zmm6
vfmadd213ps %zmm31, %zmm7, %zmm1
vmaxps %zmm25, %zmm5, %zmm25
vbroadcastss 20(%r10,%rdx), %zmm5
vmaxps %zmm27, %zmm1, %zmm27
vmovups 432(%rsp), %zmm1
vmaxps %zmm24, %zmm0, %zmm24
vmaxps %zmm26, %zmm6, %zmm26
addq $24, %rdx
vfmadd231ps %zmm7, %zmm5, %zmm4
vfmadd231ps %zmm7, %zmm5, %zmm2
vfmadd231ps %zmm7, %zmm5, %zmm3
vfmadd213ps %zmm31, %zmm7, %zmm5
vmaxps %zmm28, %zmm4, %zmm28
vmaxps %zmm29, %zmm2, %zmm29
vmaxps %zmm30, %zmm3, %zmm30
vmaxps %zmm1, %zmm5, %zmm31
cmpq %rdx, %rsi
jne .LBB0_60
