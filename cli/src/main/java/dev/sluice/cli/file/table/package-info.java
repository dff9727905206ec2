/** Tables in CSV, TSV and JSON Lines, whose rows are streamed. */
@NullMarked
package dev.sluice.cli.file.table;

import org.jspecify.annotations.NullMarked;
