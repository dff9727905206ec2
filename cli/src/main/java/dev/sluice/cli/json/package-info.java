/** JSON values and JSON lines, read one at a time. Depends on no other package. */
@NullMarked
package dev.sluice.cli.json;

import org.jspecify.annotations.NullMarked;
