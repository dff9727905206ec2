/** {@code sluice summarize}: summarises the documents of a folder. */
@NullMarked
package dev.sluice.cli.summarize;

import org.jspecify.annotations.NullMarked;
