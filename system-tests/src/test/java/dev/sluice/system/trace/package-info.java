/** Tests of traces and logs of the real processes. */
@NullMarked
package dev.sluice.system.trace;

import org.jspecify.annotations.NullMarked;
