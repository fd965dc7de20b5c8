package dev.tazza.maven;

import java.io.File;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An error as the command tells it: {@code tazza: FILE:LINE:COLUMN: MESSAGE} or less of that.
 *
 * @param file null: it is about no file that there is
 * @param line from 1 on; 0: unknown
 * @param column from 1 on; 0: unknown
 */
record ErrorLine(@Nullable File file, int line, int column, String message) {
  private static final String COMMAND = "tazza: ";
  private static final Pattern PLACE = Pattern.compile("(.+?):(\\d{1,9}):(\\d{1,9}): (.*)");
  private static final Pattern FILE = Pattern.compile("(.+?): (.*)");

  static ErrorLine of(String text) {
    String message = text.startsWith(COMMAND) ? text.substring(COMMAND.length()) : text;
    Matcher place = PLACE.matcher(message);
    if (place.matches() && new File(place.group(1)).isFile()) {
      return new ErrorLine(
          new File(place.group(1)),
          Integer.parseInt(place.group(2)),
          Integer.parseInt(place.group(3)),
          place.group(4));
    }
    Matcher file = FILE.matcher(message);
    if (file.matches() && new File(file.group(1)).isFile()) {
      return new ErrorLine(new File(file.group(1)), 0, 0, file.group(2));
    }
    return new ErrorLine(null, 0, 0, message);
  }
}
