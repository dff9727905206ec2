/** {@code sluice results}: downloads the output and error files of a batch. */
@NullMarked
package dev.sluice.cli.results;

import org.jspecify.annotations.NullMarked;
