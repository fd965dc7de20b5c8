package dev.tazza.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads whole numbers, and says of what is none that a number was expected. */
final class NumberConverter {
  private NumberConverter() {}

  static final class OfLong implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      try {
        return Long.valueOf(value);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("expected a number but was '" + value + "'");
      }
    }
  }

  static final class OfInteger implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      try {
        return Integer.valueOf(value);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("expected a number but was '" + value + "'");
      }
    }
  }
}
