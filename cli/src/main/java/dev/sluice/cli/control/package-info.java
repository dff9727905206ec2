/** {@code sluice cancel}, {@code pause} and {@code resume}. */
@NullMarked
package dev.sluice.cli.control;

import org.jspecify.annotations.NullMarked;
