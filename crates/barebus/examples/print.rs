//! Prints its argument: what `println!` takes of the size of the other examples.

fn main() {
    println!("{}", std::env::args().nth(1).unwrap_or_default());
}
