/** What is secret is nowhere to be found but where it is used. */
@NullMarked
package dev.sluice.system.secret;

import org.jspecify.annotations.NullMarked;
