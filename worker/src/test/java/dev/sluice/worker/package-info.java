/** The worker as a whole against a real broker and a scripted provider. */
@NullMarked
package dev.sluice.worker;

import org.jspecify.annotations.NullMarked;
