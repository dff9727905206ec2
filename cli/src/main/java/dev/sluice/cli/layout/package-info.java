/** Text in columns and under labels. Depends on no other package. */
@NullMarked
package dev.sluice.cli.layout;

import org.jspecify.annotations.NullMarked;
