vmovupd (%rdx,%r10), %zmm11
vmovupd 64(%rdx,%r10), %zmm10
vmovupd 128(%rdx,%r10), %zmm9
vmovupd 192(%rdx,%r10), %zmm6
vpbroadcastq (%r15), %zmm2
vmovapd %zmm8, %zmm0
addq $256, %r10
vfmadd213pd %zmm11, %zmm2, %zmm0
vmaxpd %zmm12, %zmm0, %zmm12
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm10, %zmm2, %zmm0
vmaxpd %zmm13, %zmm0, %zmm13
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm9, %zmm2, %zmm0
vfmadd213pd %zmm6, %zmm8, %zmm2
vmaxpd %zmm14, %zmm0, %zmm14
vmaxpd %zmm15, %zmm2, %zmm15
vpbroadcastq (%r15,%r11,8), %zmm0
vmovapd %zmm8, %zmm2
vfmadd213pd %zmm11, %zmm0, %zmm2
vmaxpd %zmm16, %zmm2, %zmm16
vmovapd %zmm8, %zmm2
vfmadd213pd %zmm10, %zmm0, %zmm2
vmaxpd %zmm17, %zmm2, %zmm17
vmovapd %zmm8, %zmm2
vfmadd213pd %zmm9, %zmm0, %zmm2
vfmadd213pd %zmm6, %zmm8, %zmm0
vmaxpd %zmm18, %zmm2, %zmm18
vmaxpd %zmm19, %zmm0, %zmm19
vpbroadcastq (%r15,%r8,8), %zmm2
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm11, %zmm2, %zmm0
vmaxpd %zmm20, %zmm0, %zmm20
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm10, %zmm2, %zmm0
vmaxpd %zmm21, %zmm0, %zmm21
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm9, %zmm2, %zmm0
vfmadd213pd %zmm6, %zmm8, %zmm2
vmaxpd %zmm22, %zmm0, %zmm22
vmaxpd %zmm23, %zmm2, %zmm23
vpbroadcastq (%r15,%r13,8), %zmm0
vmovapd %zmm8, %zmm2
vfmadd213pd %zmm11, %zmm0, %zmm2
vmaxpd %zmm24, %zmm2, %zmm24
vmovapd %zmm8, %zmm2
vfmadd213pd %zmm10, %zmm0, %zmm2
vmaxpd %zmm25, %zmm2, %zmm25
vmovapd %zmm8, %zmm2
vfmadd213pd %zmm9, %zmm0, %zmm2
vfmadd213pd %zmm6, %zmm8, %zmm0
vmaxpd %zmm26, %zmm2, %zmm26
vmaxpd %zmm27, %zmm0, %zmm27
vpbroadcastq (%r15,%rbp,8), %zmm2
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm11, %zmm2, %zmm0
vmaxpd %zmm28, %zmm0, %zmm28
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm10, %zmm2, %zmm0
vmaxpd %zmm29, %zmm0, %zmm29
vmovapd %zmm8, %zmm0
vfmadd213pd %zmm9, %zmm2, %zmm0
vfmadd213pd %zmm6, %zmm8, %zmm2
vmaxpd %zmm30, %zmm0, %zmm30
vpbroadcastq (%r15,%r14,8), %zmm0
vfmadd231pd %zmm8, %zmm0, %zmm11
vfmadd231pd %zmm8, %zmm0, %zmm10
vfmadd231pd %zmm8, %zmm0, %zmm9
vfmadd213pd %zmm6, %zmm8, %zmm0
vmaxpd %zmm31, %zmm2, %zmm31
addq $8, %r15
vmaxpd %zmm5, %zmm11, %zmm5
vmaxpd %zmm3, %zmm10, %zmm3
vmaxpd %zmm4, %zmm9, %zmm4
vmaxpd %zmm7, %zmm0, %zmm7
cmpq %r10, %rcx
jne .LBB0_64
