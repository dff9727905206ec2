/** Passwords, keys and certificates that can be rotated at runtime. */
@NullMarked
package dev.sluice.platform.secret;

import org.jspecify.annotations.NullMarked;
