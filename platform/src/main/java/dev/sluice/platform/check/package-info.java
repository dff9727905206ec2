/** Checks answers of models against JSON schemas. */
@NullMarked
package dev.sluice.platform.check;

import org.jspecify.annotations.NullMarked;
