package dev.tazza.codegen.isa.x64.emit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.assembler.CodeBuffer;
import dev.tazza.assembler.x64.Encoder;
import dev.tazza.assembler.x64.Opcodes;
import dev.tazza.assembler.x64.Place;
import dev.tazza.assembler.x64.Registers;
import dev.tazza.assembler.x64.X64Branches;
import dev.tazza.codegen.isa.x64.inst.AluOp;
import dev.tazza.codegen.isa.x64.inst.FmaOp;
import dev.tazza.codegen.isa.x64.inst.ShiftOp;
import dev.tazza.codegen.isa.x64.inst.SseOp;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.VecOp;
import dev.tazza.codegen.isa.x64.inst.VecShiftOp;
import dev.tazza.codegen.isa.x64.inst.VecUnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.CompareExchange;
import dev.tazza.codegen.isa.x64.inst.X64Inst.ExchangeOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.StoreLaneOp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Each row of the opcode tables with corner operands against {@code encodings.txt}, whose lines are
 * {@code row | bytes | what objdump reads}. {@code -Dbless} writes the file anew with the help of
 * binutils' objdump; the difference is for the review.
 */
final class EncoderTest {
  private static final Path FILE =
      Path.of("src/test/resources/dev/tazza/codegen/isa/x64/encodings.txt");

  private final List<String> rows = new ArrayList<>();
  private final List<byte[]> codes = new ArrayList<>();

  private record Form(String text, Consumer<Place> set, boolean isRegister) {}

  private static final Form[] FORMS = {
    new Form("rax", p -> p.register(Registers.RAX), true),
    new Form("rsp", p -> p.register(Registers.RSP), true),
    new Form("rsi", p -> p.register(Registers.RSI), true),
    new Form("r8", p -> p.register(Registers.R8), true),
    new Form("r15", p -> p.register(Registers.R15), true),
    new Form("[rax]", p -> p.memory(Registers.RAX, 0), false),
    new Form("[rsp]", p -> p.memory(Registers.RSP, 0), false),
    new Form("[rbp]", p -> p.memory(Registers.RBP, 0), false),
    new Form("[r12]", p -> p.memory(Registers.R12, 0), false),
    new Form("[r13]", p -> p.memory(Registers.R13, 0), false),
    new Form("[rcx+127]", p -> p.memory(Registers.RCX, 127), false),
    new Form("[rcx+128]", p -> p.memory(Registers.RCX, 128), false),
    new Form("[r12-128]", p -> p.memory(Registers.R12, -128), false),
    new Form("[r12-129]", p -> p.memory(Registers.R12, -129), false),
    new Form("[rbp+rax]", p -> p.memory(Registers.RBP, Registers.RAX, 0, 0), false),
    new Form("[r13+r12*2]", p -> p.memory(Registers.R13, Registers.R12, 1, 0), false),
    new Form("[rsp+r9*4+8]", p -> p.memory(Registers.RSP, Registers.R9, 2, 8), false),
    new Form("[r8+rbx*8+4096]", p -> p.memory(Registers.R8, Registers.RBX, 3, 4096), false),
    new Form("[rdx*8+64]", p -> p.memory(Place.NO_REGISTER, Registers.RDX, 3, 64), false),
    new Form("[4096]", p -> p.memory(Place.NO_REGISTER, Place.NO_REGISTER, 0, 4096), false),
  };

  private static final int[] REGISTERS = {
    Registers.RAX, Registers.RSP, Registers.RDI, Registers.R8, Registers.R15
  };

  /** Numbers of forms. */
  private static final int[] VECTOR_FORMS = {2, 4, 5, 9, 16, 19};

  private static final int[] IMMEDIATES = {
    0, 1, -1, 127, 128, -128, -129, Integer.MAX_VALUE, Integer.MIN_VALUE
  };

  private void row(String text, Consumer<Encoder> code) {
    CodeBuffer out = new CodeBuffer(4, X64Branches.INSTANCE);
    code.accept(new Encoder(out));
    out.layout();
    rows.add(text);
    codes.add(out.finish());
  }

  /** One row of a table: all forms with one register, one form with all registers. */
  private void forms(String name, int opcode, int flags, int tail) {
    for (Form form : FORMS) {
      form(name, opcode, flags, tail, Registers.RDX, form);
    }
    for (int register : REGISTERS) {
      form(name, opcode, flags, tail, register, FORMS[2]);
      form(name, opcode, flags, tail, register, FORMS[16]);
    }
  }

  private void form(String name, int opcode, int flags, int tail, int register, Form form) {
    row(
        name + " " + register + ", " + form.text,
        encoder -> {
          encoder.encode(opcode, flags, register, place(form), tail);
          for (int i = 0; i < tail; i++) {
            encoder.out.byte1(i + 9);
          }
        });
  }

  private static Place place(Form form) {
    Place place = new Place();
    form.set.accept(place);
    return place;
  }

  private void vexForms(String name, int opcode, int flags) {
    for (Form form : FORMS) {
      row(name + " 2, 9, " + form.text, encoder -> encoder.vex(opcode, flags, 2, 9, place(form)));
    }
    for (int register : REGISTERS) {
      row(
          name + " " + register + ", 1, rsi",
          encoder -> encoder.vex(opcode, flags, register, 1, place(FORMS[2])));
    }
  }

  private void integers() {
    forms("adc64", 0x13, Encoder.W, 0);
    forms("sbb64", 0x1b, Encoder.W, 0);
    for (AluOp op : AluOp.values()) {
      forms(op.text + "32", op.opcode, 0, 0);
      forms(op.text + "64", op.opcode, Encoder.W, 0);
      if (op.digit < 0) {
        continue;
      }
      forms(op.text + "8 store", op.opcode - 3, Encoder.sizeFlags(1), 0);
      forms(op.text + "16 store", op.opcode - 2, Encoder.sizeFlags(2), 0);
      for (int bytes = 1; bytes <= 8; bytes *= 2) {
        for (int imm : IMMEDIATES) {
          int size = bytes;
          row(
              op.text + 8 * bytes + " rsi, " + imm,
              encoder -> encoder.aluImm(op.digit, size, place(FORMS[2]), imm));
          row(
              op.text + 8 * bytes + " " + FORMS[16].text + ", " + imm,
              encoder -> encoder.aluImm(op.digit, size, place(FORMS[16]), imm));
        }
      }
    }
    for (ShiftOp op : ShiftOp.values()) {
      for (Form form : FORMS) {
        row(
            op.text + " " + form.text + ", cl",
            e -> e.encode(0xd3, Encoder.W, op.digit, place(form)));
      }
      if (op.vex != 0) {
        vexForms(op.text + "x", op.vex, 0);
        vexForms(op.text + "x64", op.vex, Encoder.W);
      }
    }
    for (int register : REGISTERS) {
      long[] values = {
        1,
        -1,
        0x7fffffffL,
        0x80000000L,
        0xffffffffL,
        0x100000000L,
        Long.MIN_VALUE,
        Integer.MIN_VALUE
      };
      for (long value : values) {
        row("mov " + register + ", " + value, encoder -> encoder.moveImm(register, value));
      }
      row("push " + register, encoder -> encoder.push(register));
      row("pop " + register, encoder -> encoder.pop(register));
    }
  }

  private void atomics() {
    for (int bytes = 1; bytes <= 8; bytes *= 2) {
      for (ExchangeOp op : ExchangeOp.values()) {
        locked(op.text, op.opcode, bytes, op.hasPrefix);
      }
      locked("cmpxchg", CompareExchange.OPCODE, bytes, true);
      locked("add", AluOp.ADD.opcode - 2, bytes, true);
    }
    Form top = FORMS[6];
    row(
        "fence",
        encoder -> {
          encoder.lock();
          encoder.aluImm(AluOp.OR.digit, 4, place(top), 0);
        });
  }

  private void locked(String name, int opcode, int bytes, boolean hasPrefix) {
    int sized = bytes == 1 ? opcode - 1 : opcode;
    for (Form form : FORMS) {
      for (int register : form == FORMS[16] ? REGISTERS : new int[] {Registers.RDX}) {
        if (!form.isRegister) {
          row(
              name + 8 * bytes + " " + form.text + ", " + register,
              encoder -> {
                if (hasPrefix) {
                  encoder.lock();
                }
                encoder.encode(sized, Encoder.sizeFlags(bytes), register, place(form));
              });
        }
      }
    }
  }

  private void unaries() {
    for (UnaryOp op : UnaryOp.values()) {
      int flags = (op.wide() ? Encoder.W : 0) | (op.readsByte() ? Encoder.BYTE_RM : 0);
      if (op.resultInVvvv()) {
        for (Form form : FORMS) {
          row(
              op.text + " 9, " + form.text,
              e -> e.vex(op.opcode, flags, op.number, 9, place(form)));
        }
      } else if (op.inPlace()) {
        for (Form form : FORMS) {
          row(op.text + " " + form.text, e -> e.encode(op.opcode, flags, op.number, place(form)));
        }
      } else {
        forms(op.text, op.opcode, flags, op.hasImmediate() ? 1 : 0);
      }
    }
  }

  private void floats() {
    for (SseOp op : SseOp.values()) {
      forms(op.text, op.opcode, 0, 0);
      vexForms("v" + op.text, op.opcode, 0);
    }
  }

  private void vectors() {
    for (VecOp op : VecOp.values()) {
      if (op.evex()) {
        continue;
      }
      boolean memory = op.bytes <= 16;
      vector(op.text, op.opcode, op.wide(), op.hasImmediate(), op != VecOp.MOVLPS, memory);
    }
    for (VecUnaryOp op : VecUnaryOp.values()) {
      boolean memory = op.bytes <= 16 || op.sourceInReg();
      if (!op.evex()) {
        unaryVector(op, memory);
      }
    }
    for (FmaOp op : FmaOp.values()) {
      for (int i : VECTOR_FORMS) {
        Place place = place(FORMS[i]);
        int flags = op.wide ? Encoder.W : 0;
        row(op.text + " 2, 9, " + FORMS[i].text, e -> e.vex(op.opcode, flags, 2, 9, place));
        row(op.text + " 15, 1, " + FORMS[i].text, e -> e.vex(op.opcode, flags, 15, 1, place));
      }
    }
    evexVectors();
    for (VecShiftOp op : VecShiftOp.values()) {
      if (op.evex()) {
        continue;
      }
      row(
          op.text + " rsi, 9",
          e -> immediate(e, () -> e.encode(op.opcode, 0, op.digit, place(FORMS[2]), 1)));
      row(
          op.text + " r8, 9",
          e -> immediate(e, () -> e.encode(op.opcode, 0, op.digit, place(FORMS[3]), 1)));
      row(
          "v" + op.text + " 1, r8, 9",
          e -> immediate(e, () -> e.vex(op.opcode, 0, op.digit, 1, place(FORMS[3]), 1)));
      row(
          "v" + op.text + " 9, rsi, 9",
          e -> immediate(e, () -> e.vex(op.opcode, 0, op.digit, 9, place(FORMS[2]), 1)));
    }
    for (StoreLaneOp op : StoreLaneOp.values()) {
      for (Form form : FORMS) {
        if (!form.isRegister) {
          form("store " + op.text, op.opcode, 0, op.hasImmediate ? 1 : 0, Registers.R9, form);
        }
      }
    }
  }

  /** What AVX-512VL adds, on registers. */
  private void evexVectors() {
    for (Form form : new Form[] {FORMS[2], FORMS[4]}) {
      Place place = place(form);
      for (int register : new int[] {2, 15}) {
        String operands = " " + register + ", 9, " + form.text;
        for (VecOp op : VecOp.values()) {
          if (op.evex()) {
            int flags = op.wide() ? Encoder.W : 0;
            row("v" + op.text + operands, e -> e.evex(op.opcode, flags, register, 9, place));
          }
        }
        for (VecUnaryOp op : VecUnaryOp.values()) {
          if (op.evex()) {
            int flags = op.wide() ? Encoder.W : 0;
            String text = "v" + op.text + " " + register + ", " + form.text;
            row(text, e -> e.evex(op.opcode, flags, register, 0, place));
          }
        }
        for (VecShiftOp op : VecShiftOp.values()) {
          if (op.evex()) {
            int flags = op.wide() ? Encoder.W : 0;
            row(
                "v" + op.text + " " + register + ", " + form.text + ", 9",
                e -> immediate(e, () -> e.evex(op.opcode, flags, op.digit, register, place)));
          }
        }
        int ternary = Opcodes.P66 | Opcodes.M0F3A | 0x25;
        row(
            "vpternlogd" + operands,
            e -> immediate(e, () -> e.evex(ternary, 0, register, 9, place)));
        int fromUnsigned = Opcodes.M0F | 0x7b;
        row(
            "vcvtusi2ss" + operands,
            e -> e.evex(Opcodes.PF3 | fromUnsigned, Encoder.W, register, 9, place));
        row(
            "vcvtusi2sd" + operands,
            e -> e.evex(Opcodes.PF2 | fromUnsigned, Encoder.W, register, 9, place));
      }
    }
  }

  private static void immediate(Encoder encoder, Runnable code) {
    code.run();
    encoder.out.byte1(9);
  }

  /** Corner forms with and without VEX. */
  private void vector(
      String name, int opcode, boolean wide, boolean imm, boolean register, boolean memory) {
    int flags = wide ? Encoder.W : 0;
    int tail = imm ? 1 : 0;
    for (int i : VECTOR_FORMS) {
      Form form = FORMS[i];
      if (form.isRegister ? register : memory) {
        form(name, opcode, flags, tail, Registers.RDX, form);
        form(name, opcode, flags, tail, Registers.R15, form);
        row(
            "v" + name + " 2, 9, " + form.text,
            e -> {
              e.vex(opcode, flags, 2, 9, place(form), tail);
              for (int k = 0; k < tail; k++) {
                e.out.byte1(k + 9);
              }
            });
      }
    }
  }

  private void unaryVector(VecUnaryOp op, boolean memory) {
    int flags = op.wide() ? Encoder.W : 0;
    int tail = op.hasImmediate() ? 1 : 0;
    for (int i : VECTOR_FORMS) {
      Form form = FORMS[i];
      if (!form.isRegister && !memory) {
        continue;
      }
      // The broadcasts have no form without VEX.
      if (!op.name().startsWith("V")) {
        form(op.text, op.opcode, flags, tail, Registers.RDX, form);
        form(op.text, op.opcode, flags, tail, Registers.R15, form);
      }
      row(
          "v" + op.text + " 10, " + form.text,
          e -> {
            e.vex(op.opcode, flags, 10, 0, place(form), tail);
            for (int k = 0; k < tail; k++) {
              e.out.byte1(k + 9);
            }
          });
    }
  }

  /** Vectors of more than 128 bits: what code that is written by hand uses. */
  private void wideVectors() {
    int load = Opcodes.PF3 | Opcodes.M0F | 0x6f;
    int broadcast = Opcodes.P66 | Opcodes.M0F38 | 0x7a;
    int[] lengths = {0, Encoder.L256, Encoder.L512};
    for (int length : lengths) {
      int flags = Encoder.W | length;
      for (Form form : FORMS) {
        if (!form.isRegister) {
          row(
              "vmovdqu64 " + length + " 18, " + form.text,
              e -> e.evex(load, flags, 18, 0, place(form)));
        }
      }
      for (int disp : new int[] {16, 32, 64, -64, 4096, 8192, -8192, 65}) {
        Form form = new Form("[r9+" + disp + "]", p -> p.memory(Registers.R9, disp), false);
        row(
            "vmovdqu64 " + length + " 0, " + form.text,
            e -> e.evex(load, flags, 0, 0, place(form)));
      }
      for (int register : new int[] {0, 7, 8, 15, 16, 24, 31}) {
        Form form = new Form("v" + register, p -> p.register(register), true);
        row(
            "vmovdqu64 " + length + " 17, " + form.text,
            e -> e.evex(load, flags, 17, 0, place(form)));
        row(
            "vpbroadcastb " + length + " " + register,
            e -> e.evex(broadcast, length, register, 0, place(FORMS[3])));
        row(
            "vpaddb " + length + " " + register,
            e -> e.evex(Opcodes.P66 | Opcodes.M0F | 0xfc, length, 1, register, place(form)));
      }
    }
    for (Form form : FORMS) {
      row("vmovdqu 256 9, " + form.text, e -> e.vex(load, Encoder.L256, 9, 0, place(form)));
    }
  }

  @Test
  void tables() throws IOException {
    integers();
    atomics();
    unaries();
    floats();
    vectors();
    wideVectors();
    List<String> lines = new ArrayList<>();
    List<String> read = System.getProperty("bless") == null ? golden() : Objdump.read(codes);
    for (int i = 0; i < rows.size(); i++) {
      String text = i < read.size() ? read.get(i) : "";
      lines.add(rows.get(i) + " | " + HexFormat.of().formatHex(codes.get(i)) + " | " + text);
    }
    if (System.getProperty("bless") == null) {
      assertEquals(Files.readAllLines(FILE), lines);
    } else {
      Files.write(FILE, lines);
    }
  }

  private static List<String> golden() throws IOException {
    return Files.readAllLines(FILE).stream().map(line -> line.split(" \\| ", 3)[2]).toList();
  }
}
