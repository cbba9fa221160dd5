vmovupd (%rcx,%rax), %zmm31
vmovupd 64(%rcx,%rax), %zmm30
vmovupd 128(%rcx,%rax), %zmm29
vmovupd 192(%rcx,%rax), %zmm28
vpbroadcastq (%rdi), %zmm1
vmovapd %zmm3, %zmm2
addq $256, %rax
vfmadd213pd %zmm31, %zmm1, %zmm2
vmaxpd %zmm4, %zmm2, %zmm4
vmovapd %zmm3, %zmm2
vfmadd213pd %zmm30, %zmm1, %zmm2
vmaxpd %zmm5, %zmm2, %zmm5
vmovapd %zmm3, %zmm2
vfmadd213pd %zmm29, %zmm1, %zmm2
vfmadd213pd %zmm28, %zmm3, %zmm1
vmaxpd %zmm6, %zmm2, %zmm6
vmaxpd %zmm7, %zmm1, %zmm7
vpbroadcastq (%rdi,%rdx,8), %zmm2
vmovapd %zmm3, %zmm1
vfmadd213pd %zmm31, %zmm2, %zmm1
vmaxpd %zmm8, %zmm1, %zmm8
vmovapd %zmm3, %zmm1
vfmadd213pd %zmm30, %zmm2, %zmm1
vmaxpd %zmm9, %zmm1, %zmm9
vmovapd %zmm3, %zmm1
vfmadd213pd %zmm29, %zmm2, %zmm1
vfmadd213pd %zmm28, %zmm3, %zmm2
vmaxpd %zmm10, %zmm1, %zmm10
vmaxpd %zmm11, %zmm2, %zmm11
vpbroadcastq (%rdi,%r12,8), %zmm1
vmovapd %zmm3, %zmm2
vfmadd213pd %zmm31, %zmm1, %zmm2
vmaxpd %zmm12, %zmm2, %zmm12
vmovapd %zmm3, %zmm2
vfmadd213pd %zmm30, %zmm1, %zmm2
vmaxpd %zmm13, %zmm2, %zmm13
vmovapd %zmm3, %zmm2
vfmadd213pd %zmm29, %zmm1, %zmm2
vfmadd213pd %zmm28, %zmm3, %zmm1
vmaxpd %zmm14, %zmm2, %zmm14
vmaxpd %zmm15, %zmm1, %zmm15
vpbroadcastq (%rdi,%rbx,8), %zmm2
vmovapd %zmm3, %zmm1
vfmadd213pd %zmm31, %zmm2, %zmm1
vmaxpd %zmm16, %zmm1, %zmm16
vmovapd %zmm3, %zmm1
vfmadd213pd %zmm30, %zmm2, %zmm1
vmaxpd %zmm17, %zmm1, %zmm17
vmovapd %zmm3, %zmm1
vfmadd213pd %zmm29, %zmm2, %zmm1
vfmadd213pd %zmm28, %zmm3, %zmm2
vmaxpd %zmm18, %zmm1, %zmm18
vmaxpd %zmm19, %zmm2, %zmm19
vpbroadcastq (%rdi,%r9,8), %zmm1
vmovapd %zmm3, %zmm2
vfmadd213pd %zmm31, %zmm1, %zmm2
vmaxpd %zmm20, %zmm2, %zmm20
vmovapd %zmm3, %zmm2
vfmadd213pd %zmm30, %zmm1, %zmm2
vmaxpd %zmm21, %zmm2, %zmm21
vmovapd %zmm3, %zmm2
vfmadd213pd %zmm29, %zmm1, %zmm2
vfmadd213pd %zmm28, %zmm3, %zmm1
vmaxpd %zmm23, %zmm1, %zmm23
vpbroadcastq (%rdi,%r15,8), %zmm1
vfmadd231pd %zmm3, %zmm1, %zmm31
vfmadd231pd %zmm3, %zmm1, %zmm30
vfmadd231pd %zmm3, %zmm1, %zmm29
vfmadd213pd %zmm28, %zmm3, %zmm1
vmaxpd %zmm22, %zmm2, %zmm22
addq $8, %rdi
vmaxpd %zmm24, %zmm31, %zmm24
vmaxpd %zmm25, %zmm30, %zmm25
vmaxpd %zmm26, %zmm29, %zmm26
vmaxpd %zmm27, %zmm1, %zmm27
cmpq %rax, %r10
jne .LBB0_67
