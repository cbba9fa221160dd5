vbroadcastsd (%r13,%rbx), %zmm4
vmovupd (%r15), %zmm3
vmovupd 64(%r15), %zmm5
vmovapd %zmm8, %zmm0
vmovupd 128(%r15), %zmm6
vmovupd 192(%r15), %zmm10
vbroadcastsd 8(%r13,%rbx), %zmm7
vmovupd 256(%r15), %zmm11
vbroadcastsd 16(%r13,%rbx), %zmm9
vbroadcastsd 24(%r13,%rbx), %zmm2
addq $320, %r15
addq $32, %rbx
vfmadd213pd %zmm3, %zmm4, %zmm0
vmaxpd %zmm12, %zmm0, %zmm12
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm5, %zmm4, %zmm0
vmaxpd %zmm13, %zmm0, %zmm13
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm6, %zmm4, %zmm0
vmaxpd %zmm14, %zmm0, %zmm14
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm10, %zmm4, %zmm0
vfmadd213pd %zmm11, %zmm8, %zmm4
vmaxpd %zmm15, %zmm0, %zmm15
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm3, %zmm7, %zmm0
vmaxpd %zmm16, %zmm4, %zmm16
vmovapd %zmm8, %zmm4
vfmadd213pd %zmm10, %zmm7, %zmm4
vmaxpd %zmm17, %zmm0, %zmm17
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm5, %zmm7, %zmm0
vmaxpd %zmm20, %zmm4, %zmm20
vmovapd %zmm8, %zmm4
vfmadd213pd %zmm5, %zmm9, %zmm4
vfmadd231pd %zmm8, %zmm2, %zmm5
vmaxpd %zmm18, %zmm0, %zmm18
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm6, %zmm7, %zmm0
vfmadd213pd %zmm11, %zmm8, %zmm7
vmaxpd %zmm23, %zmm4, %zmm23
vmovapd %zmm8, %zmm4
vfmadd213pd %zmm10, %zmm9, %zmm4
vfmadd231pd %zmm8, %zmm2, %zmm10
vmaxpd %zmm28, %zmm5, %zmm28
vmaxpd %zmm21, %zmm7, %zmm21
vmovapd %zmm8, %zmm7
vfmadd213pd %zmm3, %zmm9, %zmm7
vfmadd231pd %zmm8, %zmm2, %zmm3
vmaxpd %zmm19, %zmm0, %zmm19
vmaxpd %zmm25, %zmm4, %zmm25
vmaxpd %zmm30, %zmm10, %zmm30
vmaxpd %zmm22, %zmm7, %zmm22
vmovapd %zmm8, %zmm7
vfmadd213pd %zmm6, %zmm9, %zmm7
vfmadd231pd %zmm8, %zmm2, %zmm6
vfmadd213pd %zmm11, %zmm8, %zmm9
vfmadd213pd %zmm11, %zmm8, %zmm2
vmaxpd %zmm27, %zmm3, %zmm27
vmaxpd %zmm24, %zmm7, %zmm24
vmaxpd %zmm26, %zmm9, %zmm26
vmaxpd %zmm29, %zmm6, %zmm29
vmaxpd %zmm31, %zmm2, %zmm31
cmpq %rbx, %rax
jne .LBB0_60
