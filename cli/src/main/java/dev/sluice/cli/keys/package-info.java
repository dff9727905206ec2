/** {@code sluice keys}: manages API keys. */
@NullMarked
package dev.sluice.cli.keys;

import org.jspecify.annotations.NullMarked;
