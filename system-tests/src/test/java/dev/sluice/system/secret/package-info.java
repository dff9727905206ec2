/** Tests that secrets appear only where they are used. */
@NullMarked
package dev.sluice.system.secret;

import org.jspecify.annotations.NullMarked;
