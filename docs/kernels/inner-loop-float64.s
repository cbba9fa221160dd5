vmovupd (%rcx,%rax), %zmm1
vmovupd 64(%rcx,%rax), %zmm31
vmovupd 128(%rcx,%rax), %zmm30
vmovupd 192(%rcx,%rax), %zmm29
vpbroadcastq (%rdi), %zmm2
vmovdqa64 %zmm3, %zmm28
addq $256, %rax
vfmadd213pd %zmm1, %zmm2, %zmm28
vmaxpd %zmm4, %zmm28, %zmm4
vmovdqa64 %zmm3, %zmm28
vfmadd213pd %zmm31, %zmm2, %zmm28
vmaxpd %zmm5, %zmm28, %zmm5
vmovdqa64 %zmm3, %zmm28
vfmadd213pd %zmm30, %zmm2, %zmm28
vfmadd213pd %zmm29, %zmm3, %zmm2
vmaxpd %zmm6, %zmm28, %zmm6
vmaxpd %zmm7, %zmm2, %zmm7
vpbroadcastq (%rdi,%rdx,8), %zmm28
vmovapd %zmm3, %zmm2
vfmadd213pd %zmm1, %zmm28, %zmm2
vmaxpd %zmm8, %zmm2, %zmm8
vmovapd %zmm3, %zmm2
vfmadd213pd %zmm31, %zmm28, %zmm2
vmaxpd %zmm9, %zmm2, %zmm9
vmovapd %zmm3, %zmm2
vfmadd213pd %zmm30, %zmm28, %zmm2
vfmadd213pd %zmm29, %zmm3, %zmm28
vmaxpd %zmm10, %zmm2, %zmm10
vmaxpd %zmm11, %zmm28, %zmm11
vpbroadcastq (%rdi,%r12,8), %zmm2
vmovapd %zmm3, %zmm28
vfmadd213pd %zmm1, %zmm2, %zmm28
vmaxpd %zmm12, %zmm28, %zmm12
vmovapd %zmm3, %zmm28
vfmadd213pd %zmm31, %zmm2, %zmm28
vmaxpd %zmm13, %zmm28, %zmm13
vmovapd %zmm3, %zmm28
vfmadd213pd %zmm30, %zmm2, %zmm28
vfmadd213pd %zmm29, %zmm3, %zmm2
vmaxpd %zmm14, %zmm28, %zmm14
vmaxpd %zmm15, %zmm2, %zmm15
vpbroadcastq (%rdi,%rbx,8), %zmm28
vmovapd %zmm3, %zmm2
vfmadd213pd %zmm1, %zmm28, %zmm2
vmaxpd %zmm16, %zmm2, %zmm16
vmovapd %zmm3, %zmm2
vfmadd213pd %zmm31, %zmm28, %zmm2
vmaxpd %zmm17, %zmm2, %zmm17
vmovapd %zmm3, %zmm2
vfmadd213pd %zmm30, %zmm28, %zmm2
vfmadd213pd %zmm29, %zmm3, %zmm28
vmaxpd %zmm18, %zmm2, %zmm18
vmaxpd %zmm19, %zmm28, %zmm19
vpbroadcastq (%rdi,%r9,8), %zmm2
vmovapd %zmm3, %zmm28
vfmadd213pd %zmm1, %zmm2, %zmm28
vmaxpd %zmm20, %zmm28, %zmm20
vmovapd %zmm3, %zmm28
vfmadd213pd %zmm31, %zmm2, %zmm28
vmaxpd %zmm21, %zmm28, %zmm21
vmovapd %zmm3, %zmm28
vfmadd213pd %zmm30, %zmm2, %zmm28
vfmadd213pd %zmm29, %zmm3, %zmm2
vmaxpd %zmm23, %zmm2, %zmm23
vpbroadcastq (%rdi,%r15,8), %zmm2
vfmadd231pd %zmm3, %zmm2, %zmm1
vfmadd231pd %zmm3, %zmm2, %zmm31
vfmadd231pd %zmm3, %zmm2, %zmm30
vfmadd213pd %zmm29, %zmm3, %zmm2
vmaxpd %zmm22, %zmm28, %zmm22
addq $8, %rdi
vmaxpd %zmm24, %zmm1, %zmm24
vmaxpd %zmm25, %zmm31, %zmm25
vmaxpd %zmm26, %zmm30, %zmm26
vmaxpd %zmm27, %zmm2, %zmm27
cmpq %rax, %r10
jne .LBB0_67
