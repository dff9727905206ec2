/** What Sluice is doing now. Depends on {@code client}. */
@NullMarked
package dev.sluice.cli.status;

import org.jspecify.annotations.NullMarked;
