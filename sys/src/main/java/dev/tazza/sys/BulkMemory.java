package dev.tazza.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * What compiled code calls to copy and to fill memory, in the C convention: {@code memmove} and
 * {@code memset} but for their results, which nobody needs.
 *
 * <p>They are the C library's, or pieces of machine code of our own where the processor has AVX-512
 * in the form that came with Ice Lake and Zen 4 (the first one lowered the clock). Long blocks go
 * to the C library even then.
 *
 * <p>All are built alike. A block of n bytes, where n is from m to 2 m, is two accesses of m bytes,
 * one at either end; they overlap. What is longer is a loop over the multiples of 64 in the
 * destination, with accesses at both ends for the rest. Registers from 16 on leave nothing behind
 * that would slow down SSE instructions, so that no {@code vzeroupper} is needed.
 */
public final class BulkMemory {
  private static final Set<CpuFeature> NEEDED =
      EnumSet.of(
          CpuFeature.AVX512F, CpuFeature.AVX512BW, CpuFeature.AVX512VL, CpuFeature.AVX512VBMI);

  /**
   * {@code void copy(void *to, const void *from, size_t count)}. Up to 256 bytes everything is
   * loaded before anything is stored. Else the copy runs downwards if the destination begins in the
   * source, and the ends that the loop does not reach have been loaded before it.
   */
  private static final String COPY =
      """
      48 83 fa 40                      | cmp rdx, 64
      77 7e                            | ja above_64
      83 fa 20                         | cmp edx, 32
      73 5c                            | jae from_32
      83 fa 10                         | cmp edx, 16
      73 46                            | jae from_16
      83 fa 08                         | cmp edx, 8
      73 30                            | jae from_8
      83 fa 04                         | cmp edx, 4
      73 1e                            | jae from_4
      83 fa 01                         | cmp edx, 1
      77 08                            | ja from_2
      72 05                            | jb done
      0f b6 06                         | movzx eax, byte [rsi]
      88 07                            | mov byte [rdi], al
                                       | done:
      c3                               | ret
                                       | from_2:
      0f b7 06                         | movzx eax, word [rsi]
      0f b7 4c 16 fe                   | movzx ecx, word [rsi+rdx-2]
      66 89 07                         | mov word [rdi], ax
      66 89 4c 17 fe                   | mov word [rdi+rdx-2], cx
      c3                               | ret
                                       | from_4:
      8b 06                            | mov eax, [rsi]
      8b 4c 16 fc                      | mov ecx, [rsi+rdx-4]
      89 07                            | mov [rdi], eax
      89 4c 17 fc                      | mov [rdi+rdx-4], ecx
      c3                               | ret
                                       | from_8:
      48 8b 06                         | mov rax, [rsi]
      48 8b 4c 16 f8                   | mov rcx, [rsi+rdx-8]
      48 89 07                         | mov [rdi], rax
      48 89 4c 17 f8                   | mov [rdi+rdx-8], rcx
      c3                               | ret
                                       | from_16:
      0f 10 06                         | movups xmm0, [rsi]
      0f 10 4c 16 f0                   | movups xmm1, [rsi+rdx-16]
      0f 11 07                         | movups [rdi], xmm0
      0f 11 4c 17 f0                   | movups [rdi+rdx-16], xmm1
      c3                               | ret
                                       | from_32:
      62 e1 fe 28 6f 06                | vmovdqu64 ymm16, [rsi]
      62 e1 fe 28 6f 4c 16 ff          | vmovdqu64 ymm17, [rsi+rdx-32]
      62 e1 fe 28 7f 07                | vmovdqu64 [rdi], ymm16
      62 e1 fe 28 7f 4c 17 ff          | vmovdqu64 [rdi+rdx-32], ymm17
      c3                               | ret
                                       | above_64:
      62 e1 fe 48 6f 06                | vmovdqu64 zmm16, [rsi]
      62 e1 fe 48 6f 4c 16 ff          | vmovdqu64 zmm17, [rsi+rdx-64]
      48 81 fa 80 00 00 00             | cmp rdx, 128
      77 0f                            | ja above_128
      62 e1 fe 48 7f 07                | vmovdqu64 [rdi], zmm16
      62 e1 fe 48 7f 4c 17 ff          | vmovdqu64 [rdi+rdx-64], zmm17
      c3                               | ret
                                       | above_128:
      62 e1 fe 48 6f 56 01             | vmovdqu64 zmm18, [rsi+64]
      62 e1 fe 48 6f 5c 16 fe          | vmovdqu64 zmm19, [rsi+rdx-128]
      48 81 fa 00 01 00 00             | cmp rdx, 256
      77 1e                            | ja above_256
      62 e1 fe 48 7f 07                | vmovdqu64 [rdi], zmm16
      62 e1 fe 48 7f 57 01             | vmovdqu64 [rdi+64], zmm18
      62 e1 fe 48 7f 5c 17 fe          | vmovdqu64 [rdi+rdx-128], zmm19
      62 e1 fe 48 7f 4c 17 ff          | vmovdqu64 [rdi+rdx-64], zmm17
      c3                               | ret
                                       | above_256:
      48 81 fa 00 60 00 00             | cmp rdx, 24 KiB
      0f 87 5f 01 00 00                | ja libc
      48 89 f9                         | mov rcx, rdi
      48 29 f1                         | sub rcx, rsi
      48 39 d1                         | cmp rcx, rdx
      0f 82 ac 00 00 00                | jb backward
      62 e1 fe 48 6f 64 16 fd          | vmovdqu64 zmm20, [rsi+rdx-192]
      62 e1 fe 48 6f 6c 16 fc          | vmovdqu64 zmm21, [rsi+rdx-256]
      4c 8d 84 17 00 ff ff ff          | lea r8, [rdi+rdx-256]
      4c 8d 4f 40                      | lea r9, [rdi+64]
      49 83 e1 c0                      | and r9, -64
      48 29 fe                         | sub rsi, rdi
      4d 39 c1                         | cmp r9, r8
      73 62                            | jae tail
      66 66 2e 0f 1f 84 00 00 00 00 00 | nop
      66 66 2e 0f 1f 84 00 00 00 00 00 | nop
      66 0f 1f 44 00 00                | nop
                                       | up:
      62 a1 fe 48 6f 34 0e             | vmovdqu64 zmm22, [rsi+r9]
      62 a1 fe 48 6f 7c 0e 01          | vmovdqu64 zmm23, [rsi+r9+64]
      62 c1 fd 48 7f 31                | vmovdqa64 [r9], zmm22
      62 c1 fd 48 7f 79 01             | vmovdqa64 [r9+64], zmm23
      62 a1 fe 48 6f 74 0e 02          | vmovdqu64 zmm22, [rsi+r9+128]
      62 a1 fe 48 6f 7c 0e 03          | vmovdqu64 zmm23, [rsi+r9+192]
      62 c1 fd 48 7f 71 02             | vmovdqa64 [r9+128], zmm22
      62 c1 fd 48 7f 79 03             | vmovdqa64 [r9+192], zmm23
      49 81 c1 00 01 00 00             | add r9, 256
      4d 39 c1                         | cmp r9, r8
      72 ba                            | jb up
                                       | tail:
      62 c1 fe 48 7f 28                | vmovdqu64 [r8], zmm21
      62 c1 fe 48 7f 60 01             | vmovdqu64 [r8+64], zmm20
      62 c1 fe 48 7f 58 02             | vmovdqu64 [r8+128], zmm19
      62 c1 fe 48 7f 48 03             | vmovdqu64 [r8+192], zmm17
      62 e1 fe 48 7f 07                | vmovdqu64 [rdi], zmm16
      c3                               | ret
                                       | backward:
      62 e1 fe 48 6f 66 02             | vmovdqu64 zmm20, [rsi+128]
      62 e1 fe 48 6f 6e 03             | vmovdqu64 zmm21, [rsi+192]
      4c 8d 44 17 ff                   | lea r8, [rdi+rdx-1]
      49 83 e0 c0                      | and r8, -64
      48 29 fe                         | sub rsi, rdi
      4c 8d 8f 00 01 00 00             | lea r9, [rdi+256]
      4d 39 c8                         | cmp r8, r9
      76 5a                            | jbe head
      66 66 2e 0f 1f 84 00 00 00 00 00 | nop
      0f 1f 80 00 00 00 00             | nop
                                       | down:
      62 a1 fe 48 6f 74 06 ff          | vmovdqu64 zmm22, [rsi+r8-64]
      62 a1 fe 48 6f 7c 06 fe          | vmovdqu64 zmm23, [rsi+r8-128]
      62 c1 fd 48 7f 70 ff             | vmovdqa64 [r8-64], zmm22
      62 c1 fd 48 7f 78 fe             | vmovdqa64 [r8-128], zmm23
      62 a1 fe 48 6f 74 06 fd          | vmovdqu64 zmm22, [rsi+r8-192]
      62 a1 fe 48 6f 7c 06 fc          | vmovdqu64 zmm23, [rsi+r8-256]
      62 c1 fd 48 7f 70 fd             | vmovdqa64 [r8-192], zmm22
      62 c1 fd 48 7f 78 fc             | vmovdqa64 [r8-256], zmm23
      49 81 e8 00 01 00 00             | sub r8, 256
      4d 39 c8                         | cmp r8, r9
      77 b8                            | ja down
                                       | head:
      62 e1 fe 48 7f 6f 03             | vmovdqu64 [rdi+192], zmm21
      62 e1 fe 48 7f 67 02             | vmovdqu64 [rdi+128], zmm20
      62 e1 fe 48 7f 57 01             | vmovdqu64 [rdi+64], zmm18
      62 e1 fe 48 7f 07                | vmovdqu64 [rdi], zmm16
      62 e1 fe 48 7f 4c 17 ff          | vmovdqu64 [rdi+rdx-64], zmm17
      c3                               | ret
                                       | libc:
      ff 25 00 00 00 00                | jmp [the next 8 bytes]
      00 00 00 00 00 00 00 00          | libc's address
      """;

  /** {@code void fill(void *to, int value, size_t count)}. */
  private static final String FILL =
      """
      62 e2 7d 48 7a c6                | vpbroadcastb zmm16, esi
      48 83 fa 40                      | cmp rdx, 64
      73 5b                            | jae from_64
      83 fa 20                         | cmp edx, 32
      73 47                            | jae from_32
      83 fa 10                         | cmp edx, 16
      73 33                            | jae from_16
      62 e1 fd 08 7e c0                | vmovq rax, xmm16
      83 fa 08                         | cmp edx, 8
      73 1f                            | jae from_8
      83 fa 04                         | cmp edx, 4
      73 13                            | jae from_4
      83 fa 01                         | cmp edx, 1
      77 05                            | ja from_2
      72 02                            | jb done
      88 07                            | mov byte [rdi], al
                                       | done:
      c3                               | ret
                                       | from_2:
      66 89 07                         | mov word [rdi], ax
      66 89 44 17 fe                   | mov word [rdi+rdx-2], ax
      c3                               | ret
                                       | from_4:
      89 07                            | mov [rdi], eax
      89 44 17 fc                      | mov [rdi+rdx-4], eax
      c3                               | ret
                                       | from_8:
      48 89 07                         | mov [rdi], rax
      48 89 44 17 f8                   | mov [rdi+rdx-8], rax
      c3                               | ret
                                       | from_16:
      62 e1 fe 08 7f 07                | vmovdqu64 [rdi], xmm16
      62 e1 fe 08 7f 44 17 ff          | vmovdqu64 [rdi+rdx-16], xmm16
      c3                               | ret
                                       | from_32:
      62 e1 fe 28 7f 07                | vmovdqu64 [rdi], ymm16
      62 e1 fe 28 7f 44 17 ff          | vmovdqu64 [rdi+rdx-32], ymm16
      c3                               | ret
                                       | from_64:
      62 e1 fe 48 7f 07                | vmovdqu64 [rdi], zmm16
      62 e1 fe 48 7f 44 17 ff          | vmovdqu64 [rdi+rdx-64], zmm16
      48 81 fa 80 00 00 00             | cmp rdx, 128
      76 b1                            | jbe done
      48 81 fa 00 00 02 00             | cmp rdx, 128 KiB
      77 36                            | ja libc
      4c 8d 44 17 80                   | lea r8, [rdi+rdx-128]
      48 83 c7 40                      | add rdi, 64
      48 83 e7 c0                      | and rdi, -64
      4c 39 c7                         | cmp rdi, r8
      73 1d                            | jae tail
      0f 1f 80 00 00 00 00             | nop
                                       | up:
      62 e1 fd 48 7f 07                | vmovdqa64 [rdi], zmm16
      62 e1 fd 48 7f 47 01             | vmovdqa64 [rdi+64], zmm16
      48 83 ef 80                      | sub rdi, -128
      4c 39 c7                         | cmp rdi, r8
      72 ea                            | jb up
                                       | tail:
      62 c1 fe 48 7f 00                | vmovdqu64 [r8], zmm16
      c3                               | ret
                                       | libc:
      ff 25 00 00 00 00                | jmp [the next 8 bytes]
      00 00 00 00 00 00 00 00          | libc's address
      """;

  private static final int FILL_ALIGNMENT = 64;

  private BulkMemory() {}

  /** {@code void copy(void *to, const void *from, size_t count)}; the blocks may overlap. */
  public static long copy() {
    return Code.COPY;
  }

  /** {@code void fill(void *to, int value, size_t count)}, with the low byte of the value. */
  public static long fill() {
    return Code.FILL;
  }

  /** Where the machine code of our own is, without that of the C library. */
  public static long codeStart() {
    return Code.COPY;
  }

  /** Bytes of it; 0 if all is the C library's. */
  public static long codeSize() {
    return Code.SIZE;
  }

  private static final class Code {
    static final long SIZE;
    static final long COPY;
    static final long FILL;

    static {
      if (CpuFeature.ofHost().containsAll(NEEDED)) {
        byte[] copy = withTail(BulkMemory.COPY, LibC.memmove());
        byte[] fill = withTail(BulkMemory.FILL, LibC.memset());
        int fillOffset = (copy.length + FILL_ALIGNMENT - 1) & -FILL_ALIGNMENT;
        byte[] both = Arrays.copyOf(copy, fillOffset + fill.length);
        System.arraycopy(fill, 0, both, fillOffset, fill.length);
        SIZE = both.length;
        COPY = CodePage.map(both);
        FILL = COPY + fillOffset;
      } else {
        SIZE = 0;
        COPY = LibC.memmove();
        FILL = LibC.memset();
      }
    }

    /** The code of a listing whose last eight bytes are where to go for long blocks. */
    private static byte[] withTail(String listing, long libc) {
      byte[] code = MachineCode.of(listing);
      ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN).putLong(code.length - Long.BYTES, libc);
      return code;
    }
  }
}
