/** {@code sluice summarize}: summarises the text files of a folder. */
@NullMarked
package dev.sluice.cli.summarize;

import org.jspecify.annotations.NullMarked;
