/** Strict JSON parsing, and the members of a provider request that Sluice evaluates. */
@NullMarked
package dev.sluice.common.json;

import org.jspecify.annotations.NullMarked;
