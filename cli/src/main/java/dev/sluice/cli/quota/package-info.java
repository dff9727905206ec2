/** {@code sluice quota}: how much a project may have at once. */
@NullMarked
package dev.sluice.cli.quota;

import org.jspecify.annotations.NullMarked;
