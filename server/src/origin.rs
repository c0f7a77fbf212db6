//! Which pages may connect. Browsers let any page open a websocket anywhere, with the visitor's
//! cookies, so the server has to look at the `Origin` itself.

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderValue, Uri};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// The pages that may connect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AllowedOrigins {
    /// The pages of the host that the request is for.
    #[default]
    SameOrigin,
    /// Those, and the pages of these origins: `https://app.example.com`, `http://localhost:5173`.
    List(Vec<String>),
    /// Every page of every site. For public data only.
    Any,
}

impl AllowedOrigins {
    /// Whether a request with these headers may pass. A request without an origin comes from no page.
    pub(crate) fn allow(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(ORIGIN) else { return true };
        match self {
            Self::Any => true,
            Self::SameOrigin => is_same(origin, headers),
            Self::List(origins) => {
                origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
                    || is_same(origin, headers)
            }
        }
    }

    /// The headers by which browsers let pages of other origins read our polling responses.
    pub(crate) fn cors(&self) -> CorsLayer {
        let layer = CorsLayer::new()
            .allow_methods([http::Method::GET, http::Method::POST])
            .allow_headers([http::header::CONTENT_TYPE]);
        match self {
            Self::SameOrigin => layer,
            Self::Any => layer.allow_origin(AllowOrigin::any()),
            Self::List(origins) => {
                let origins =
                    origins.iter().filter_map(|origin| origin.parse::<HeaderValue>().ok());
                layer.allow_origin(AllowOrigin::list(origins)).allow_credentials(true)
            }
        }
    }

    /// Entries that no browser would ever send.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        match self {
            Self::SameOrigin | Self::Any => Vec::new(),
            Self::List(origins) => origins
                .iter()
                .filter(|origin| !is_origin(origin))
                .map(|origin| {
                    format!(
                        "`{origin}` in `allowed_origins` is not an origin: write \
                         `scheme://host` or `scheme://host:port` in lower case, without a path"
                    )
                })
                .collect(),
        }
    }
}

fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else { return false };
    let is_plain = |part: &str| !part.is_empty() && !part.contains(['/', '?', '#', '@', '*', ' ']);
    is_plain(scheme) && is_plain(authority) && text.to_ascii_lowercase() == text
}

/// Whether the origin is the host that was asked. The scheme is left out: a proxy that ends TLS
/// hides it.
fn is_same(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else { return false };
    let Some(origin) = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok()) else {
        return false;
    };
    let default_port = match origin.scheme_str() {
        Some("http") => 80,
        Some("https") => 443,
        Some(_) | None => return false,
    };
    let Ok(host) = host.parse::<http::uri::Authority>() else { return false };
    let Some(own) = origin.authority() else { return false };
    own.host().eq_ignore_ascii_case(host.host())
        && own.port_u16().unwrap_or(default_port) == host.port_u16().unwrap_or(default_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(allowed: &AllowedOrigins, origin: &str, host: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, origin.parse().unwrap());
        headers.insert(HOST, host.parse().unwrap());
        allowed.allow(&headers)
    }

    #[test]
    fn the_own_page_may_connect_whatever_the_default_port() {
        let own = AllowedOrigins::SameOrigin;

        assert!(check(&own, "https://app.example.com", "app.example.com"));
        assert!(check(&own, "https://app.example.com", "APP.example.com:443"));
        assert!(check(&own, "http://127.0.0.1:4000", "127.0.0.1:4000"));
        assert!(check(&own, "http://[::1]:4000", "[::1]:4000"));
    }

    #[test]
    fn another_page_may_not() {
        let own = AllowedOrigins::SameOrigin;

        assert!(!check(&own, "https://evil.example.com", "app.example.com"));
        assert!(!check(&own, "https://app.example.com.evil.com", "app.example.com"));
        assert!(!check(&own, "http://127.0.0.1:4001", "127.0.0.1:4000"));
        assert!(!check(&own, "https://app.example.com:8443", "app.example.com"));
        assert!(!check(&own, "null", "app.example.com"));
        assert!(!check(&own, "file://", "app.example.com"));
    }

    #[test]
    fn a_listed_page_may_connect_and_so_may_the_own() {
        let list = AllowedOrigins::List(vec!["http://localhost:5173".to_owned()]);

        assert!(check(&list, "http://localhost:5173", "api.example.com"));
        assert!(check(&list, "https://api.example.com", "api.example.com"));
        assert!(!check(&list, "http://localhost:5174", "api.example.com"));
    }

    #[test]
    fn a_request_without_an_origin_passes() {
        assert!(AllowedOrigins::SameOrigin.allow(&HeaderMap::new()));
    }

    #[test]
    fn an_entry_that_no_browser_sends_is_a_mistake() {
        let list =
            ["https://a.example.com/", "a.example.com", "https://*.example.com", "HTTPS://A.b"]
                .map(str::to_owned);

        assert_eq!(AllowedOrigins::List(list.to_vec()).mistakes().len(), 4);
    }
}
