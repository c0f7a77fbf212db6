//! The attribute macros of `tautline`.
use proc_macro::TokenStream;
#[proc_macro_attribute] pub fn namespace(_: TokenStream, item: TokenStream) -> TokenStream { item }
#[proc_macro_attribute] pub fn room(_: TokenStream, item: TokenStream) -> TokenStream { item }
#[proc_macro_attribute] pub fn payload(_: TokenStream, item: TokenStream) -> TokenStream { item }
#[proc_macro_attribute] pub fn contract_error(_: TokenStream, item: TokenStream) -> TokenStream { item }
#[proc_macro] pub fn contract(_: TokenStream) -> TokenStream { TokenStream::new() }
