/** The checkout, child processes, ports and folders of a test. */
@NullMarked
package dev.sluice.testkit.process;

import org.jspecify.annotations.NullMarked;
