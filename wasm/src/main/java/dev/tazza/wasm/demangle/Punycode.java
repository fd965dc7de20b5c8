package dev.tazza.wasm.demangle;

/** Decodes identifiers with characters beyond ASCII (RFC 3492), as Rust writes them. */
final class Punycode {
  private static final int BASE = 36;
  private static final int T_MIN = 1;
  private static final int T_MAX = 26;
  private static final int SKEW = 38;
  private static final int DAMP = 700;
  private static final int INITIAL_BIAS = 72;
  private static final int FIRST_CODE = 128;

  private Punycode() {}

  /** The identifier; an underscore stands where the RFC has a hyphen. */
  static String decode(String encoded) {
    int basic = encoded.lastIndexOf('_');
    StringBuilder output = new StringBuilder(basic < 0 ? "" : encoded.substring(0, basic));
    int at = basic + 1;
    long code = FIRST_CODE;
    long index = 0;
    int bias = INITIAL_BIAS;
    int count = output.length();
    while (at < encoded.length()) {
      long before = index;
      long weight = 1;
      for (int k = BASE; ; k += BASE) {
        int digit = at < encoded.length() ? digit(encoded.charAt(at++)) : -1;
        index += digit * weight;
        if (digit < 0 || index > Integer.MAX_VALUE || weight > Integer.MAX_VALUE) {
          throw new NotMangledException("bad punycode");
        }
        int threshold = Math.clamp(k - bias, T_MIN, T_MAX);
        if (digit < threshold) {
          break;
        }
        weight *= BASE - threshold;
      }
      count++;
      bias = adapt(index - before, count, before == 0);
      code += index / count;
      index %= count;
      if (code > Character.MAX_CODE_POINT) {
        throw new NotMangledException("bad punycode");
      }
      output.insert(output.offsetByCodePoints(0, (int) index), Character.toString((int) code));
      index++;
    }
    return output.toString();
  }

  private static int digit(char c) {
    if (c >= 'a' && c <= 'z') {
      return c - 'a';
    }
    return c >= '0' && c <= '9' ? c - '0' + 26 : -1;
  }

  private static int adapt(long difference, int count, boolean first) {
    long delta = first ? difference / DAMP : difference / 2;
    delta += delta / count;
    int k = 0;
    while (delta > (BASE - T_MIN) * T_MAX / 2) {
      delta /= BASE - T_MIN;
      k += BASE;
    }
    return (int) (k + (BASE - T_MIN + 1) * delta / (delta + SKEW));
  }
}
