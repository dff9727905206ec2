/** The Java client in an application of its own, against the real processes. */
@NullMarked
package dev.sluice.system.client;

import org.jspecify.annotations.NullMarked;
