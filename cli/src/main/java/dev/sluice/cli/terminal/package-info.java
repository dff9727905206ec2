/**
 * What a command sees of the process that it runs in, and how it ends. Depends on no other package.
 */
@NullMarked
package dev.sluice.cli.terminal;

import org.jspecify.annotations.NullMarked;
