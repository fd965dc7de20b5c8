package dev.tazza.wasm.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LexerTest {
  private static Tokens tokens(String text) {
    return Lexer.tokenize(SourceText.of(text));
  }

  private static String kinds(String text) {
    Tokens tokens = tokens(text);
    StringBuilder kinds = new StringBuilder();
    for (int i = 0; i < tokens.count() - 1; i++) {
      kinds.append(i == 0 ? "" : " ").append(tokens.kind(i));
    }
    return kinds.toString();
  }

  private static String error(String text) {
    Tokens tokens = tokens(text);
    for (int i = 0; i < tokens.count(); i++) {
      if (tokens.kind(i) == TokenKind.ERROR) {
        return tokens.source().position(tokens.start(i)) + ": " + tokens.message(i);
      }
    }
    return "none";
  }

  @Test
  void kindsOfTokens() {
    assertEquals("OPEN WORD ID NAT CLOSE", kinds("(func $f 12)"));
    assertEquals("WORD NAT ID", kinds("br_table 0 $l"));
    assertEquals("RESERVED", kinds("0$l"));
    assertEquals("RESERVED", kinds("data\"a\""));
    assertEquals("RESERVED", kinds("\"a\"\"b\""));
    assertEquals("STRING STRING", kinds("\"a\" \"b\""));
    assertEquals("OFFSET ALIGN RESERVED", kinds("offset=0x10 align=8 align=-8"));
    assertEquals("RESERVED", kinds("get_local"));
    assertEquals("FLOAT INT FLOAT", kinds("1.5 -1 -nan:0x1"));
    assertEquals("NAT", kinds("0;;comment"));
    assertEquals("NAT OPEN WORD CLOSE", kinds("0(nop)"));
    assertEquals("RESERVED", kinds("a[b]{};,"));
    assertEquals("", kinds(""));
  }

  @Test
  void commentsAndAnnotationsAreGone() {
    assertEquals("NAT NAT", kinds("1 (; (; 2 ;) ;; ;) 3"));
    assertEquals("NAT NAT", kinds("1 ;; 2 \r 3"));
    assertEquals("NAT", kinds("(@a (b \")\" ) ;; )\n {[,;]} @ ) 3"));
    assertEquals("NAT", kinds("(@\"a b\" x)3"));
  }

  @Test
  void equalNamesHaveEqualSymbols() {
    Tokens tokens = tokens("$a $b $\"a\" $\"\\61\" $\"\\u{61}\"");
    assertEquals(tokens.payload(0), tokens.payload(2));
    assertEquals(tokens.payload(0), tokens.payload(3));
    assertEquals(tokens.payload(0), tokens.payload(4));
    assertEquals("b", tokens.name(tokens.payload(1)));
  }

  @Test
  void strings() {
    String text = "\"\\t\\n\\r\\\"\\'\\\\ \\00\\fF \\u{20aC} \u20ac\"";
    Tokens tokens = tokens(text);
    byte[] bytes = tokens.source().bytes();
    byte[] expected = "\t\n\r\"'\\ \u0000X \u20ac \u20ac".getBytes(StandardCharsets.UTF_8);
    expected[8] = (byte) 0xFF;
    assertArrayEquals(expected, StringLiteral.decode(bytes, 0, bytes.length));
  }

  @Test
  void errorsNameTheirPlace() {
    assertEquals("2:3: unclosed string", error("1\n  \"abc"));
    assertEquals("1:1: unclosed string", error("\"abc\n\""));
    assertEquals("1:2: unclosed comment", error(" (; (; ;)"));
    assertEquals("1:3: unclosed annotation", error("1 (@a ("));
    assertEquals("1:1: empty annotation id", error("(@)"));
    assertEquals("1:1: empty annotation id", error("(@\"\")"));
    assertEquals("1:1: empty identifier", error("$ \"a\""));
    assertEquals("1:1: empty identifier", error("$\"\""));
    assertEquals("1:3: illegal character", error("1 \u20ac"));
    assertEquals("1:2: illegal escape in string", error("\"\\q\""));
    assertEquals("1:2: illegal escape in string", error("\"\\u{d800}\""));
    assertEquals("1:2: illegal escape in string", error("\"\\u{11_0000}\""));
    assertEquals("1:3: illegal control character in string", error("\"a\tb\""));
    assertEquals("none", error("\"\\u{10ffff}\" ;; \u20ac\n (; \u20ac ;)"));
  }

  @Test
  void malformedUtf8IsAnErrorEverywhere() {
    String[] places = {"#", "\"#\"", ";; #", "(; # ;)", "(@a #)", "(@a \"#\")", "$\"#\""};
    int[] wrong = {0x80, 0xC0, 0xC1, 0xE2, 0xF5, 0xFF};
    for (String place : places) {
      for (int b : wrong) {
        byte[] bytes = place.getBytes(StandardCharsets.UTF_8);
        bytes[place.indexOf('#')] = (byte) b;
        Tokens tokens = Lexer.tokenize(new SourceText(bytes));
        assertEquals(TokenKind.ERROR, tokens.kind(0), place);
        assertEquals("malformed UTF-8 encoding", tokens.message(0), place);
      }
    }
  }

  @Test
  void columnsCountCharacters() {
    Tokens tokens = tokens("\"\u20ac\uD83D\uDE00\" a\r\nb\rc");
    SourceText source = tokens.source();
    assertEquals("1:6", source.position(tokens.start(1)).toString());
    assertEquals("2:1", source.position(tokens.start(2)).toString());
    assertEquals("3:1", source.position(tokens.start(3)).toString());
  }
}
