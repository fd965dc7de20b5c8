package dev.tazza.vm.debug.dwarf;

/** The standard's numbers (section 7), as far as they are needed. */
final class Dwarf {
  static final int VERSION = 4;
  static final int ADDRESS_SIZE = 8;

  static final int TAG_ARRAY_TYPE = 0x01;
  static final int TAG_CLASS_TYPE = 0x02;
  static final int TAG_ENUMERATION_TYPE = 0x04;
  static final int TAG_FORMAL_PARAMETER = 0x05;
  static final int TAG_LEXICAL_BLOCK = 0x0B;
  static final int TAG_MEMBER = 0x0D;
  static final int TAG_POINTER_TYPE = 0x0F;
  static final int TAG_REFERENCE_TYPE = 0x10;
  static final int TAG_COMPILE_UNIT = 0x11;
  static final int TAG_STRING_TYPE = 0x12;
  static final int TAG_STRUCTURE_TYPE = 0x13;
  static final int TAG_TYPEDEF = 0x16;
  static final int TAG_UNION_TYPE = 0x17;
  static final int TAG_VARIANT = 0x19;
  static final int TAG_INHERITANCE = 0x1C;
  static final int TAG_INLINED_SUBROUTINE = 0x1D;
  static final int TAG_PTR_TO_MEMBER_TYPE = 0x1F;
  static final int TAG_SUBRANGE_TYPE = 0x21;
  static final int TAG_BASE_TYPE = 0x24;
  static final int TAG_CONST_TYPE = 0x26;
  static final int TAG_ENUMERATOR = 0x28;
  static final int TAG_SUBPROGRAM = 0x2E;
  static final int TAG_TEMPLATE_TYPE_PARAMETER = 0x2F;
  static final int TAG_TEMPLATE_VALUE_PARAMETER = 0x30;
  static final int TAG_VARIANT_PART = 0x33;
  static final int TAG_VARIABLE = 0x34;
  static final int TAG_VOLATILE_TYPE = 0x35;
  static final int TAG_RESTRICT_TYPE = 0x37;
  static final int TAG_NAMESPACE = 0x39;
  static final int TAG_RVALUE_REFERENCE_TYPE = 0x42;
  static final int TAG_ATOMIC_TYPE = 0x47;
  static final int TAG_CALL_SITE = 0x48;
  static final int TAG_CALL_SITE_PARAMETER = 0x49;
  static final int TAG_GNU_CALL_SITE = 0x4109;
  static final int TAG_GNU_CALL_SITE_PARAMETER = 0x410A;

  static final int AT_SIBLING = 0x01;
  static final int AT_LOCATION = 0x02;
  static final int AT_NAME = 0x03;
  static final int AT_BYTE_SIZE = 0x0B;
  static final int AT_STMT_LIST = 0x10;
  static final int AT_LOW_PC = 0x11;
  static final int AT_HIGH_PC = 0x12;
  static final int AT_LANGUAGE = 0x13;
  static final int AT_STRING_LENGTH = 0x19;
  static final int AT_CONST_VALUE = 0x1C;
  static final int AT_PRODUCER = 0x25;
  static final int AT_RETURN_ADDR = 0x2A;
  static final int AT_START_SCOPE = 0x2C;
  static final int AT_LOWER_BOUND = 0x22;
  static final int AT_UPPER_BOUND = 0x2F;
  static final int AT_ENCODING = 0x3E;
  static final int AT_DATA_MEMBER_LOCATION = 0x38;
  static final int AT_DECL_FILE = 0x3A;
  static final int AT_DECLARATION = 0x3C;
  static final int AT_EXTERNAL = 0x3F;
  static final int AT_FRAME_BASE = 0x40;
  static final int AT_MACRO_INFO = 0x43;
  static final int AT_SEGMENT = 0x46;
  static final int AT_STATIC_LINK = 0x48;
  static final int AT_TYPE = 0x49;
  static final int AT_USE_LOCATION = 0x4A;
  static final int AT_VTABLE_ELEM_LOCATION = 0x4D;
  static final int AT_ALLOCATED = 0x4E;
  static final int AT_ASSOCIATED = 0x4F;
  static final int AT_DATA_LOCATION = 0x50;
  static final int AT_ENTRY_PC = 0x52;
  static final int AT_RANGES = 0x55;
  static final int AT_TRAMPOLINE = 0x56;
  static final int AT_CALL_FILE = 0x58;
  static final int AT_STR_OFFSETS_BASE = 0x72;
  static final int AT_GNU_RANGES_BASE = 0x76;
  static final int AT_MACROS = 0x79;
  static final int AT_CALL_ALL_CALLS = 0x7A;
  static final int AT_CALL_DATA_VALUE = 0x86;
  static final int AT_LOCLISTS_BASE = 0x8C;
  static final int AT_MIPS_LINKAGE_NAME = 0x2007;

  /** From here on attributes are of vendors. */
  static final int AT_LO_USER = 0x2000;

  static final int FORM_ADDR = 0x01;
  static final int FORM_DATA2 = 0x05;
  static final int FORM_DATA4 = 0x06;
  static final int FORM_DATA8 = 0x07;
  static final int FORM_BLOCK = 0x09;
  static final int FORM_DATA1 = 0x0B;
  static final int FORM_FLAG = 0x0C;
  static final int FORM_SDATA = 0x0D;
  static final int FORM_STRP = 0x0E;
  static final int FORM_UDATA = 0x0F;
  static final int FORM_REF_ADDR = 0x10;
  static final int FORM_SEC_OFFSET = 0x17;
  static final int FORM_EXPRLOC = 0x18;
  static final int FORM_FLAG_PRESENT = 0x19;

  static final int LANGUAGE_C99 = 0x0C;

  private Dwarf() {}
}
