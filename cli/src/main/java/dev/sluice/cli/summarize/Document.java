package dev.sluice.cli.summarize;

import java.nio.file.Path;

/**
 * A file to summarise.
 *
 * @param name path below the folder, with {@code /} as separator; used as the custom id
 */
record Document(String name, Path path) {}
