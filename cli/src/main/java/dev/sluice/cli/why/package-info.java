/** {@code sluice why}. Depends on {@code client}, {@code invocation} and {@code terminal}. */
@NullMarked
package dev.sluice.cli.why;

import org.jspecify.annotations.NullMarked;
