/** The files with which Sluice is shipped, held against what the applications really read. */
@NullMarked
package dev.sluice.system.ship;

import org.jspecify.annotations.NullMarked;
