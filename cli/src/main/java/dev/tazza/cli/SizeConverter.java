package dev.tazza.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number of bytes, which may end with K, M or G: 2¹⁰, 2²⁰ or 2³⁰ of them. */
final class SizeConverter implements ITypeConverter<Long> {
  @Override
  public Long convert(String value) {
    String text = value.toUpperCase(Locale.ROOT);
    int unit = text.isEmpty() ? -1 : "KMG".indexOf(text.charAt(text.length() - 1));
    String digits = unit < 0 ? text : text.substring(0, text.length() - 1);
    try {
      return Math.multiplyExact(Long.parseLong(digits), 1L << 10 * (unit + 1));
    } catch (NumberFormatException | ArithmeticException e) {
      throw new TypeConversionException(
          "expected a number of bytes such as 65536, 512K, 1M or 2G but was '" + value + "'");
    }
  }
}
