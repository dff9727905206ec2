/** Tests of the Java client in an application of its own, against real processes. */
@NullMarked
package dev.sluice.system.client;

import org.jspecify.annotations.NullMarked;
