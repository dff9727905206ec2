package dev.sluice.platform.check;

/** Removes the fence of Markdown with which many models enclose JSON. */
final class CodeFence {
  private static final String FENCE = "```";

  private CodeFence() {}

  /** The content of the fenced code block that is the whole text; else the text, stripped. */
  static String remove(String text) {
    String stripped = text.strip();
    int firstLine = stripped.indexOf('\n');
    boolean fenced =
        stripped.startsWith(FENCE)
            && stripped.endsWith(FENCE)
            && firstLine > 0
            && stripped.length() >= firstLine + FENCE.length();
    return fenced
        ? stripped.substring(firstLine, stripped.length() - FENCE.length()).strip()
        : stripped;
  }
}
