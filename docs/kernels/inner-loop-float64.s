vmovupd (%rdi,%r13), %zmm7
vmovupd 64(%rdi,%r13), %zmm4
vmovupd 128(%rdi,%r13), %zmm6
vpbroadcastq (%r15), %zmm9
vmovapd %zmm8, %zmm0
vmovupd 192(%rdi,%r13), %zmm5
vmovupd 256(%rdi,%r13), %zmm3
leaq 8(%r15), %rsi
vpbroadcastq (%rsi), %zmm10
leaq 16(%r15), %rsi
vpbroadcastq (%rsi), %zmm11
leaq 24(%r15), %rsi
vpbroadcastq (%rsi), %zmm2
addq $320, %r13
addq $32, %r15
vfmadd213pd %zmm7, %zmm9, %zmm0
vmaxpd %zmm12, %zmm0, %zmm12
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm4, %zmm9, %zmm0
vmaxpd %zmm13, %zmm0, %zmm13
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm6, %zmm9, %zmm0
vmaxpd %zmm14, %zmm0, %zmm14
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm5, %zmm9, %zmm0
vfmadd213pd %zmm3, %zmm8, %zmm9
vmaxpd %zmm15, %zmm0, %zmm15
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm7, %zmm10, %zmm0
vmaxpd %zmm16, %zmm9, %zmm16
vmovapd %zmm8, %zmm9
vfmadd213pd %zmm5, %zmm10, %zmm9
vmaxpd %zmm17, %zmm0, %zmm17
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm4, %zmm10, %zmm0
vmaxpd %zmm20, %zmm9, %zmm20
vmovapd %zmm8, %zmm9
vfmadd213pd %zmm4, %zmm11, %zmm9
vfmadd231pd %zmm8, %zmm2, %zmm4
vmaxpd %zmm18, %zmm0, %zmm18
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm6, %zmm10, %zmm0
vfmadd213pd %zmm3, %zmm8, %zmm10
vmaxpd %zmm23, %zmm9, %zmm23
vmovapd %zmm8, %zmm9
vfmadd213pd %zmm5, %zmm11, %zmm9
vfmadd231pd %zmm8, %zmm2, %zmm5
vmaxpd %zmm28, %zmm4, %zmm28
vmaxpd %zmm21, %zmm10, %zmm21
vmovapd %zmm8, %zmm10
vfmadd213pd %zmm7, %zmm11, %zmm10
vfmadd231pd %zmm8, %zmm2, %zmm7
vmaxpd %zmm19, %zmm0, %zmm19
vmaxpd %zmm25, %zmm9, %zmm25
vmaxpd %zmm30, %zmm5, %zmm30
vmaxpd %zmm22, %zmm10, %zmm22
vmovapd %zmm8, %zmm10
vfmadd213pd %zmm6, %zmm11, %zmm10
vfmadd231pd %zmm8, %zmm2, %zmm6
vfmadd213pd %zmm3, %zmm8, %zmm11
vfmadd213pd %zmm3, %zmm8, %zmm2
vmaxpd %zmm27, %zmm7, %zmm27
vmaxpd %zmm24, %zmm10, %zmm24
vmaxpd %zmm26, %zmm11, %zmm26
vmaxpd %zmm29, %zmm6, %zmm29
vmaxpd %zmm31, %zmm2, %zmm31
cmpq %r13, %r8
jne .LBB0_60
