package dev.sluice.cli.summarize;

import java.nio.file.Path;

/**
 * A file to summarise.
 *
 * @param name its path below the folder, with {@code /}: its custom id
 */
record Document(String name, Path path) {}
