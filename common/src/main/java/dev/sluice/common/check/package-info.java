/** Checks answers of models against JSON schemas. */
@NullMarked
package dev.sluice.common.check;

import org.jspecify.annotations.NullMarked;
