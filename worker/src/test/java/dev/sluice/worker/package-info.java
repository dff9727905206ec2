/** Tests of the whole worker with a real broker and a stub provider. */
@NullMarked
package dev.sluice.worker;

import org.jspecify.annotations.NullMarked;
