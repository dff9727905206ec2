/** Maps provider replies to task outcomes and reads the advertised limits from their headers. */
@NullMarked
package dev.sluice.worker.classify;

import org.jspecify.annotations.NullMarked;
