/** {@code sluice submit}: validates and submits a batch file. */
@NullMarked
package dev.sluice.cli.submit;

import org.jspecify.annotations.NullMarked;
