/** Tests that the code follows the documented rules. */
@NullMarked
package dev.sluice.system.architecture;

import org.jspecify.annotations.NullMarked;
