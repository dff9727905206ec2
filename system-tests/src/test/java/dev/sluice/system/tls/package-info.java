/** Everything over TLS, with a private authority, and credentials that change meanwhile. */
@NullMarked
package dev.sluice.system.tls;

import org.jspecify.annotations.NullMarked;
