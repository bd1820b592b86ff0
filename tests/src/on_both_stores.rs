//! One story, two stores.

/// Makes two tests of each story: one on the memory store, one on SQLite.
///
/// A story is an `async fn` that takes a `&TestGateway`. After it the gateway is stopped, and its books are proven.
///
/// ```
/// use farthing_stories::{TestGateway, on_both_stores};
///
/// on_both_stores! { nothing_happens }
///
/// async fn nothing_happens(gateway: &TestGateway) {
///     assert!(gateway.api_url().starts_with("http://127.0.0.1:"));
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! on_both_stores {
    ($($story:ident)*) => {
        $crate::on_both_stores!(@on on_memory, Memory, $($story)*);
        $crate::on_both_stores!(@on on_sqlite, Sqlite, $($story)*);
    };
    (@on $module:ident, $kind:ident, $($story:ident)*) => {
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $story() {
                    let gateway = $crate::TestGateway::start($crate::StoreKind::$kind).await;
                    super::$story(&gateway).await;
                    gateway.stop().await;
                }
            )*
        }
    };
}
