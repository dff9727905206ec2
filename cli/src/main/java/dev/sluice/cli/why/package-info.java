/** {@code sluice why}: explains what a batch or task waits for. */
@NullMarked
package dev.sluice.cli.why;

import org.jspecify.annotations.NullMarked;
